// JSON with the lines of its values: JSON.parse says what it holds, a second look where.
import { LinesByPath, type ReadDocument, type SyntaxFault } from './config-document.ts'
import type { KeyPath } from './config-object.ts'

export function readJson(text: string): ReadDocument {
  try {
    const value: unknown = JSON.parse(text)
    const lines = new LinesByPath()
    const repeated = new Positions(text, lines).addValue([])
    if (repeated !== undefined) return { ok: false, fault: repeated }
    return { ok: true, document: { value, lineOf: (path) => lines.lineOf(path) } }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { ok: false, fault: faultOf(text, error.message) }
  }
}

// V8 says where in most messages, but not in all: `Unexpected end of JSON input` stands at the end.
function faultOf(text: string, message: string): SyntaxFault {
  const offset = Number(/ (?:in JSON )?at position (\d+)/.exec(message)?.[1] ?? text.length)
  const before = text.slice(0, offset).split('\n')
  const [reason = ''] = message.split(/,? (?:in JSON )?at position|, "/)
  const shown = `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`
  return { line: before.length, column: before.at(-1)!.length + 1, reason: shown }
}

/** Walks through a text that is JSON. */
class Positions {
  readonly #tokens: Iterator<RegExpExecArray, undefined>
  readonly #lines: LinesByPath
  readonly #text: string
  #token: RegExpExecArray | undefined
  /** How far lines are counted. */
  #offset = 0
  #line = 1

  constructor(text: string, lines: LinesByPath) {
    this.#text = text
    this.#lines = lines
    this.#tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) as Iterator<
      RegExpExecArray,
      undefined
    >
    this.#advance()
  }

  /** Takes the value that follows. Returns where an object in it says a name twice, of which JSON.parse tells nobody. */
  addValue(path: KeyPath): SyntaxFault | undefined {
    const [opening] = this.#token!
    this.#advance()
    if (opening === '{') return this.#addMembers(path)
    if (opening === '[') return this.#addElements(path)
    return undefined
  }

  #addMembers(path: KeyPath): SyntaxFault | undefined {
    const names = new Set<string>()
    let fault: SyntaxFault | undefined
    while (this.#token![0] !== '}') {
      const name = JSON.parse(this.#token![0]) as string
      if (names.has(name))
        fault ??= { line: this.#line, column: this.#column, reason: `${JSON.stringify(name)} is there twice` }
      names.add(name)
      this.#lines.add([...path, name], this.#line)
      this.#advance()
      this.#skip(':')
      fault ??= this.addValue([...path, name])
      this.#skip(',')
    }
    this.#advance()
    return fault
  }

  #addElements(path: KeyPath): SyntaxFault | undefined {
    let fault: SyntaxFault | undefined
    for (let index = 0; this.#token![0] !== ']'; index++) {
      this.#lines.add([...path, index], this.#line)
      fault ??= this.addValue([...path, index])
      this.#skip(',')
    }
    this.#advance()
    return fault
  }

  #skip(token: string): void {
    if (this.#token?.[0] === token) this.#advance()
  }

  #advance(): void {
    this.#token = this.#tokens.next().value
    const offset = this.#token?.index ?? this.#text.length
    this.#line += this.#text.slice(this.#offset, offset).split('\n').length - 1
    this.#offset = offset
  }

  get #column(): number {
    return this.#offset - this.#text.lastIndexOf('\n', this.#offset - 1)
  }
}
