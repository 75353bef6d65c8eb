// TOML with the lines of its values (docs/decisions/0022-toml-with-positions.md).
import { type AST, ParseError, getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { LinesByPath, type ReadDocument } from './config-document.ts'
import type { KeyPath } from './config-object.ts'

export function readToml(text: string): ReadDocument {
  try {
    const program = parseTOML(text, { tomlVersion: '1.0' })
    const lines = new TomlLines()
    addBody(program.body[0].body, [], lines)
    if (lines.prototypeLine !== undefined) return noKey(lines.prototypeLine)
    return {
      ok: true,
      document: { value: getStaticTOMLValue(program), lineOf: (path) => lines.lineOf(path) },
    }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const reason = `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`
    return { ok: false, fault: { line: error.lineNumber, column: error.column + 1, reason } }
  }
}

/** The library makes a prototype of what stands under this key, so that nobody would ever see it. */
const PROTOTYPE = '__proto__'

const noKey = (line: number): ReadDocument => ({
  ok: false,
  fault: { line, column: 1, reason: `${PROTOTYPE} is no key` },
})

class TomlLines extends LinesByPath {
  /** Where a key has that name. */
  prototypeLine: number | undefined

  override add(path: KeyPath, line: number): void {
    if (path.at(-1) === PROTOTYPE) this.prototypeLine ??= line
    super.add(path, line)
  }
}

function addBody(body: readonly (AST.TOMLTable | AST.TOMLKeyValue)[], path: KeyPath, lines: TomlLines): void {
  for (const node of body) {
    if (node.type === 'TOMLTable') {
      addPath([], node.resolvedKey, node.loc.start.line, lines)
      addBody(node.body, node.resolvedKey, lines)
    } else {
      const keys = getStaticTOMLValue(node.key)
      addPath(path, keys, node.loc.start.line, lines)
      addValue(node.value, [...path, ...keys], lines)
    }
  }
}

/** Each key of a dotted one makes a table of its own. */
function addPath(path: KeyPath, keys: KeyPath, line: number, lines: TomlLines): void {
  for (let length = 1; length <= keys.length; length++) lines.add([...path, ...keys.slice(0, length)], line)
}

function addValue(node: AST.TOMLContentNode, path: KeyPath, lines: TomlLines): void {
  if (node.type === 'TOMLInlineTable') addBody(node.body, path, lines)
  if (node.type !== 'TOMLArray') return
  for (const [index, element] of node.elements.entries()) {
    lines.add([...path, index], element.loc.start.line)
    addValue(element, [...path, index], lines)
  }
}
