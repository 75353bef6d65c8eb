// Which file below a directory a path asks for. Pure: what it returns cannot lead out of the directory by its text. That no link does is
// open-file.ts's to see.

// A slash and a name, again and again. No name is empty or begins with a dot, but for .well-known (RFC 8615): files such as .env and .git are
// not meant for the web. "\" divides names elsewhere, and who writes it has that in mind.
const NAME =
  '(?:\\.well-known(?![^/])|[\\x21-\\x24\\x26-\\x2d\\x30-\\x5b\\x5d-\\x7e][\\x21-\\x24\\x26-\\x2e\\x30-\\x5b\\x5d-\\x7e]*)'
const PLAIN = new RegExp(`^(?:/${NAME})*$`)

/**
 * The end of a path as it stands in a request target, from behind the prefix of its directory: `/css/site.css` as it is, `/a%20b` decoded,
 * `''` for the prefix alone. Undefined where no file may be meant.
 */
export function fileNameOf(path: string): string | undefined {
  if (PLAIN.test(path)) return path
  if (!path.includes('%') || !path.startsWith('/')) return undefined
  const names = path.slice(1).split('/').map(decodedName)
  return names.includes(undefined) ? undefined : `/${names.join('/')}`
}

/** Decoded once, each name by itself: an encoded slash divides nothing, and no file has it in its name. */
function decodedName(encoded: string): string | undefined {
  const name = decoded(encoded)
  if (name === undefined || name === '' || /[/\\\p{Cc}]/u.test(name)) return undefined
  return name.startsWith('.') && name !== '.well-known' ? undefined : name
}

/** Undefined for what is no UTF-8. */
function decoded(text: string): string | undefined {
  // A byte that should have been encoded: as text it would be another one.
  if (/[^\x21-\x7e]/.test(text)) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
