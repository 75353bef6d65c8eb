import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConfigDocument, ReadDocument } from '../../src/config/config-document.ts'
import type { KeyPath } from '../../src/config/config-object.ts'
import { readJson } from '../../src/config/json-document.ts'
import { readToml } from '../../src/config/toml-document.ts'

/** A text, what it holds, and the line at which each part was written. */
class Written {
  readonly lines: string[] = []
  readonly places: { readonly path: KeyPath; readonly line: number }[] = []

  here(path: KeyPath): void {
    this.places.push({ path, line: this.lines.length })
  }
}

type Value = string | number | boolean | Value[] | { [key: string]: Value }

const key = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
  fc.constantFrom('/export', 'a.b', '"quoted"', 'back\\slash', 'line\nend', 'ü', '__proto__', ''),
)
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant('{"a": [1, 2]}\n# no comment'))
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: false }),
  ),
}))
const table = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: false })

function documentOf(read: ReadDocument): ConfigDocument {
  if (!read.ok) throw new Error(JSON.stringify(read.fault))
  return read.document
}

function checkLines(text: string, document: ConfigDocument, { places }: Written): void {
  for (const { path, line } of places) expect([path, document.lineOf(path), text]).toEqual([path, line, text])
}

describe('the lines of JSON', () => {
  test('are those where each name and each element was written', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\t'), (written, blank) => {
        const out = new Written()
        const text = writeJson(written, [], out, blank)
        const document = documentOf(readJson(text))
        expect(document.value).toEqual(written)
        checkLines(text, document, out)
      }),
    )
  })

  test.each([
    ['{\n  "workers": 4,\n}', { line: 3, column: 1 }],
    ['{"workers": 4', { line: 1, column: 14 }],
    ['{"a": {"workers": 4,\n "workers": 5}}', { line: 2, column: 2, reason: '"workers" is there twice' }],
    ['', { line: 1, column: 1 }],
  ])('%j is refused where it is wrong', (text, fault) => {
    expect(readJson(text)).toMatchObject({ ok: false, fault })
  })
})

describe('the lines of TOML', () => {
  test('are those where each key and each element was written', () => {
    fc.assert(
      fc.property(table, (written) => {
        fc.pre(!JSON.stringify(written).includes('"__proto__"'))
        const out = new Written()
        out.lines.push('# a comment')
        writeTable(written, [], out)
        const text = out.lines.join('\n')
        const document = documentOf(readToml(text))
        expect(document.value).toEqual(written)
        checkLines(text, document, out)
      }),
    )
  })

  test('are known of dotted keys, of inline tables, of arrays over several lines and of tables in arrays', () => {
    const document = documentOf(
      readToml(
        'a.b.c = 1\nmounts = { "/x" = "y" }\nbind = [\n  ":1", # one\n  ":2",\n]\n[[list]]\nn = 1\n[[list]]\nn = 2\n',
      ),
    )
    const lineOf = (...path: KeyPath): number => document.lineOf(path)
    expect([lineOf('a', 'b', 'c'), lineOf('a', 'b'), lineOf('mounts', '/x')]).toEqual([1, 1, 2])
    expect([lineOf('bind'), lineOf('bind', 0), lineOf('bind', 1)]).toEqual([3, 4, 5])
    expect([lineOf('list', 0, 'n'), lineOf('list', 1), lineOf('list', 1, 'n')]).toEqual([8, 9, 10])
  })

  test.each([
    ['a = 1\na = 2', { line: 2, column: 1, reason: 'defining a key multiple times is invalid' }],
    ['a = 1\nb = @', { line: 2 }],
    ['[a\n', { line: 2 }],
    ['[env]\n__proto__.A = 1', { line: 2, reason: '__proto__ is no key' }],
    ['[env]\nB = [{ __proto__ = 1 }]', { line: 2, reason: '__proto__ is no key' }],
  ])('%j is refused where it is wrong', (text, fault) => {
    expect(readToml(text)).toMatchObject({ ok: false, fault })
  })
})

/** Every member and every element on a line of its own, at which it is noted. */
function writeJson(written: Value, path: KeyPath, out: Written, blank: string): string {
  if (path.length === 0) out.lines.push('')
  const next = (each: KeyPath): void => {
    out.lines.push('')
    out.here(each)
  }
  if (typeof written !== 'object') return JSON.stringify(written)
  const isList = Array.isArray(written)
  const parts = Object.entries(written).map(([name, inner]) => {
    const innerPath = [...path, isList ? Number(name) : name]
    next(innerPath)
    const text = writeJson(inner, innerPath, out, blank)
    return `\n${blank}${isList ? '' : `${JSON.stringify(name)}${blank}:${blank}`}${text}`
  })
  return isList ? `[${parts.join(`${blank},`)}${blank}]` : `{${parts.join(`${blank},`)}${blank}}`
}

/** Values first, then a table each for those that hold others. */
function writeTable(written: { readonly [key: string]: Value }, path: KeyPath, out: Written): void {
  const entries = Object.entries(written)
  for (const [name, inner] of entries.filter(([, each]) => !isTable(each))) {
    out.lines.push(`${tomlKey(name)} = ${tomlValue(inner)}`)
    out.here([...path, name])
  }
  for (const [name, inner] of entries) {
    if (!isTable(inner)) continue
    out.lines.push('', `  [${[...path, name].map((each) => tomlKey(String(each))).join(' . ')}]`)
    out.here([...path, name])
    writeTable(inner, [...path, name], out)
  }
}

const isTable = (written: Value): written is { [key: string]: Value } =>
  typeof written === 'object' && !Array.isArray(written)
const tomlKey = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : tomlText(name))
// What JSON escapes TOML escapes alike, but for DEL.
const tomlText = (text: string): string => JSON.stringify(text).replaceAll('\x7f', '\\u007f')

function tomlValue(written: Value): string {
  if (typeof written === 'string') return tomlText(written)
  if (typeof written !== 'object') return String(written)
  if (Array.isArray(written)) return `[${written.map(tomlValue).join(', ')}]`
  return `{ ${Object.entries(written)
    .map(([name, inner]) => `${tomlKey(name)} = ${tomlValue(inner)}`)
    .join(', ')} }`
}
