// What a configuration file that is data holds, and where each part of it stands.
import type { KeyPath } from './config-object.ts'

export interface ConfigDocument {
  readonly value: unknown
  /** The line of what stands under `path`, or of the nearest around it; counted from 1. */
  lineOf(path: KeyPath): number
}

/** Why a text is none, and where: counted from 1. */
export interface SyntaxFault {
  readonly line: number
  readonly column: number
  readonly reason: string
}

export type ReadDocument =
  | { readonly ok: true; readonly document: ConfigDocument }
  | { readonly ok: false; readonly fault: SyntaxFault }

/** The lines of the parts of a document, by their paths. */
export class LinesByPath {
  readonly #lines = new Map<string, number>()

  /** Of a path that is said several times, as the tables of TOML are, the first counts. */
  add(path: KeyPath, line: number): void {
    const key = JSON.stringify(path)
    if (!this.#lines.has(key)) this.#lines.set(key, line)
  }

  lineOf(path: KeyPath): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(JSON.stringify(path.slice(0, length)))
      if (line !== undefined) return line
    }
    return 1
  }
}
