// An INI file as uWSGI reads it: sections, `key = value`, comments at the beginning of a line only, keys as often as one likes. No value
// goes over two lines, and no quotes mean anything.

export interface IniEntry {
  readonly key: string
  readonly value: string
  readonly line: number
}

export interface IniFile {
  /** Of the section asked for. */
  readonly entries: readonly IniEntry[]
  /** The names of the others. */
  readonly otherSections: readonly string[]
  readonly hasSection: boolean
}

export function readIni(text: string, section: string): IniFile {
  const entries: IniEntry[] = []
  const sections = new Set<string>()
  let current = ''
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    if (line.startsWith('[')) {
      current = line.slice(1, -1)
      sections.add(current)
    } else if (current === section) {
      const equals = line.indexOf('=')
      const [key, value] = equals === -1 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
      entries.push({ key: key.trim(), value: value.trim(), line: index + 1 })
    }
  }
  const otherSections = [...sections].filter((name) => name !== section)
  return { entries, otherSections, hasSection: sections.has(section) }
}
