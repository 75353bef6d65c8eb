// IMF-fixdate, RFC 9110 §5.6.7. Reads no clock: the time comes in.

/** The time as `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function formatHttpDate(timeMs: number): string {
  return new Date(timeMs).toUTCString()
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'
// RFC 9110 §5.6.7: the one that is written today, and two that must still be read.
const FORMS = [
  new RegExp(`^${DAY}, (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{2,5}day, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^${DAY} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
]

/** Milliseconds since 1970 of an HTTP-date in any of its three forms; undefined for anything else. */
export function parseHttpDate(text: string): number | undefined {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups
    if (groups !== undefined) return timeOf(groups)
  }
  return undefined
}

function timeOf(groups: Readonly<Record<string, string>>): number | undefined {
  const month = MONTHS.indexOf(groups['month']!)
  const [day, hour, minute, second] = [groups['day'], groups['hour'], groups['minute'], groups['second']].map(
    Number,
  )
  // 60 is a leap second.
  if (month === -1 || hour! > 23 || minute! > 59 || second! > 60) return undefined
  const time = new Date(Date.UTC(fullYear(groups['year']!), month, day, hour, minute, second))
  return time.getUTCMonth() === month || second === 60 ? time.getTime() : undefined
}

/** Two digits of the obsolete form are of a time that HTTP has been there in. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 4) return year
  return year >= 70 ? 1900 + year : 2000 + year
}
