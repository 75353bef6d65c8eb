// Reads the cases of test/corpus (its README says how they are written).

import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HttpLimits } from '../../src/http/limits.ts'
import { DEFAULT_LIMITS } from '../harness/default-limits.ts'

export interface CorpusCase {
  /** File and rule. */
  readonly name: string
  readonly request: Buffer
  readonly limits: HttpLimits
  /** One line an event. */
  readonly events: readonly string[]
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '0': '\0', '\\': '\\' }
const ESCAPE = /\\(?:x([0-9a-f]{2})|\{([^*]+)\*(\d+)\}|(.))/g

/** Every case of a folder of the corpus. */
export function readCorpus(folder: string): CorpusCase[] {
  const directory = fileURLToPath(new URL(`../corpus/${folder}`, import.meta.url))
  return readdirSync(directory)
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => parseCases(basename(file, '.md'), readFileSync(join(directory, file), 'utf8')))
}

/** The cases of one file. */
export function parseCases(topic: string, markdown: string): CorpusCase[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => parseCase(topic, section))
}

function parseCase(topic: string, section: string): CorpusCase {
  const name = `${topic}: ${section.slice(0, section.indexOf('\n'))}`
  const request = linesOf(name, section, 'request')
  const events = linesOf(name, section, 'events')
  if (request === undefined || events === undefined)
    throw new Error(`${name}: a request and an events block are needed`)
  return {
    name,
    request: Buffer.from(unescapeBytes(request.join('')), 'latin1'),
    limits: parseLimits(name, linesOf(name, section, 'limits') ?? []),
    events,
  }
}

function linesOf(name: string, section: string, language: string): string[] | undefined {
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))]
  if (blocks.length > 1) throw new Error(`${name}: more than one ${language} block`)
  return blocks[0]?.[1]!.split('\n').slice(0, -1)
}

function parseLimits(name: string, lines: readonly string[]): HttpLimits {
  const given = lines.map((line) => {
    const [limit = '', value = ''] = line.split(' ')
    if (!(limit in DEFAULT_LIMITS) || !/^\d+$/.test(value)) throw new Error(`${name}: "${line}" is no limit`)
    return [limit, Number(value)] as const
  })
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) }
}

function unescapeBytes(text: string): string {
  return text.replace(ESCAPE, (all, hex?: string, repeated?: string, count?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (repeated !== undefined) return unescapeBytes(repeated).repeat(Number(count))
    const byte = ESCAPES[letter ?? '']
    if (byte === undefined) throw new Error(`${all} is no escape`)
    return byte
  })
}

/** Bytes as they are written in a corpus file, on one line. */
export function escapeBytes(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\\\x00-\x1f\x7f-\xff]/g, (byte) => {
    const letter = Object.keys(ESCAPES).find((key) => ESCAPES[key] === byte)
    return letter === undefined ? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\${letter}`
  })
}
