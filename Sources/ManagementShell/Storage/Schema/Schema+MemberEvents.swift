// Which events tell of which member.
import SQL

extension Schema {
  /// - record: the id of an event. Those that an earlier version stored are entered from their
  ///   texts, each of which a reader had found to be JSON.
  static let memberEvents = Migration(
    "the events of each member",
    """
    CREATE TABLE member_event (
      member TEXT NOT NULL,
      record INTEGER NOT NULL REFERENCES record (id),
      PRIMARY KEY (member, record)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO member_event (member, record)
      SELECT json_extract(body, '$.member'), id FROM record
      WHERE kind IN ('entry-granted', 'entry-refused', 'exchange-intended', 'exchange-ended',
          'exchange-refused')
        AND json_extract(body, '$.member') IS NOT NULL;
    """)
}
