// Records on the page, the newest first, each once, and never without bound.

export class RecordList {
  /** `row` makes the element of an event; above `most` the oldest rows give way. */
  constructor(element, most, row) {
    this.element = element;
    this.most = most;
    this.row = row;
    this.clear();
  }

  clear() {
    this.ids = [];
    this.rows = new Map();
    this.element.replaceChildren();
  }

  get size() {
    return this.ids.length;
  }

  get isFull() {
    return this.size >= this.most;
  }

  get newest() {
    return this.ids[0];
  }

  get oldest() {
    return this.ids.at(-1);
  }

  /** Puts an event at its place; one that is there already stays as it is. */
  place(event) {
    const id = Number(event.id);
    if (this.rows.has(id)) return;
    let [low, high] = [0, this.ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ids[middle] > id) low = middle + 1;
      else high = middle;
    }
    const row = this.row(event);
    this.element.insertBefore(row, this.rows.get(this.ids[low]) ?? null);
    this.ids.splice(low, 0, id);
    this.rows.set(id, row);
  }

  /** Lets the oldest rows go. Answers whether there were too many. */
  trim() {
    const surplus = this.ids.splice(this.most);
    for (const id of surplus) {
      this.rows.get(id).remove();
      this.rows.delete(id);
    }
    return surplus.length > 0;
  }
}
