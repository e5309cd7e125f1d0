// MemberCodeTests
