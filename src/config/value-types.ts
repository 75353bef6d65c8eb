// The kinds of values that options take: how each is read, what a JSON Schema says of it, and what a shell completes it with.
import { type AccessFormat, formatAccessFormat, parseAccessFormat } from './access-format.ts'
import { type BindAddress, bindAddressText, formatBindAddress, parseBindAddress } from './bind-address.ts'
import { parseCount } from './counts.ts'
import { formatDuration, parseDuration } from './durations.ts'
import { formatLogTarget, type LogTarget, parseLogTarget } from './log-target.ts'
import { parseMountKey } from './mount-key.ts'
import { formatNetwork, type Network, parseNetwork } from './networks.ts'
import type { Parsed, Place, ValueType } from './option.ts'
import { PRIORITIES, type Priority, parsePriority } from './priorities.ts'
import { formatSize, parseSize } from './sizes.ts'
import {
  type EnvironmentEntry,
  parseAccount,
  parseControlSocket,
  parseEnvironmentEntry,
  parseOwnPath,
  parsePath,
  parseRoute,
  parseScriptName,
  parseSearchDirectory,
  parseServerHeader,
  parseSwitch,
  parseText,
  parseUmask,
  parseUnderscoreField,
} from './texts.ts'
import { MOST_WORKERS, parseWorkerRange, type WorkerRange } from './worker-range.ts'

const STRING = { type: 'string' } as const
const DURATION_PATTERN = '^\\d+(\\.\\d+)?(ms|s|m|h)$'
const SIZE_PATTERN = '^\\d+(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$'

export const count = (min: number, max: number): ValueType<number> => ({
  parse: (text) => parseCount(text, min, max),
  takesNumbers: true,
  schema: { type: 'integer', minimum: min, maximum: max },
})

export const size = (min: number, max?: number): ValueType<number> => ({
  parse: (text) => parseSize(text, min, max),
  format: formatSize,
  takesNumbers: true,
  schema: {
    anyOf: [
      { type: 'integer', minimum: min, ...(max === undefined ? {} : { maximum: max }) },
      { type: 'string', pattern: SIZE_PATTERN },
    ],
  },
})

export const duration = (minMs: number): ValueType<number> => ({
  parse: (text) => parseDuration(text, minMs),
  format: formatDuration,
  schema: { type: 'string', pattern: DURATION_PATTERN },
})

/** One of these words. */
export const oneOf = <Word extends string>(...words: readonly [Word, ...Word[]]): ValueType<Word> => ({
  parse(text) {
    const value = words.find((word) => word === text)
    return value === undefined ? { ok: false, expected: words.join(', ') } : { ok: true, value }
  },
  schema: { enum: words },
  completes: words,
})

export const WORKER_RANGE = {
  parse: parseWorkerRange,
  format: ({ min, max }) => (min === max ? String(min) : `${min}:${max}`),
  takesNumbers: true,
  schema: {
    anyOf: [
      { type: 'integer', minimum: 1, maximum: MOST_WORKERS },
      { type: 'string', pattern: '^\\d+:\\d+$' },
    ],
  },
} satisfies ValueType<WorkerRange>

export const SWITCH = {
  parse: parseSwitch,
  format: (isOn) => (isOn ? 'on' : 'off'),
  schema: { type: 'boolean' },
  completes: ['on', 'off'],
} satisfies ValueType<boolean>

export const TEXT = { parse: parseText, schema: STRING } satisfies ValueType<string>
export const COMMAND = { ...TEXT, completes: 'file' } satisfies ValueType<string>
export const PATH = { parse: parsePath, schema: STRING, completes: 'file' } satisfies ValueType<string>
export const DIRECTORY = { ...PATH, completes: 'directory' } satisfies ValueType<string>
export const SEARCH_DIRECTORY = { ...DIRECTORY, parse: parseSearchDirectory } satisfies ValueType<string>
export const ERROR_LOG_TARGET = {
  parse: parseLogTarget('stderr'),
  format: formatLogTarget,
  schema: STRING,
  completes: 'file',
} satisfies ValueType<LogTarget>
export const ACCESS_LOG_TARGET = {
  parse: parseLogTarget('stdout'),
  format: formatLogTarget,
  schema: STRING,
  completes: 'file',
} satisfies ValueType<LogTarget>
export const ACCESS_FORMAT = {
  parse: parseAccessFormat,
  format: formatAccessFormat,
  schema: STRING,
  completes: ['gantry', 'common', 'combined', 'json'],
} satisfies ValueType<AccessFormat>
export const CONTROL_SOCKET = {
  parse: parseControlSocket,
  schema: STRING,
  completes: 'file',
} satisfies ValueType<string>
/** The file that options are read from. */
export const CONFIG_FILE = CONTROL_SOCKET
export const ADDRESS = {
  parse: parseBind,
  format: bindAddressText,
  schema: STRING,
} satisfies ValueType<BindAddress>
export const HTTP_ADDRESS = { ...ADDRESS, parse: parseHttpBind } satisfies ValueType<BindAddress>
export const NETWORK = {
  parse: parseNetwork,
  format: formatNetwork,
  schema: STRING,
} satisfies ValueType<Network>
export const ENVIRONMENT_ENTRY = {
  parse: parseEnvironmentEntry,
  format: ({ name, value }) => `${name}=${value}`,
  takesNumbers: true,
  schema: STRING,
  table: { takesPlain: true, textOf: (key, _, value) => `${key}=${value}` },
} satisfies ValueType<EnvironmentEntry>
export const SCRIPT_NAME = { parse: parseScriptName, schema: STRING } satisfies ValueType<string>
export const UNDERSCORE_FIELD = { parse: parseUnderscoreField, schema: STRING } satisfies ValueType<string>
export const SERVER_HEADER = { parse: parseServerHeader, schema: STRING } satisfies ValueType<string>
export const MOUNT_KEY = { parse: parseMountKey, schema: STRING } satisfies ValueType<string>
export const PRIORITY = {
  parse: parsePriority,
  schema: { enum: PRIORITIES },
  completes: PRIORITIES,
} satisfies ValueType<Priority>
/** A path prefix of requests. */
export const ROUTE = {
  parse: parseRoute,
  format: (route: string) => route || '/',
  schema: STRING,
} satisfies ValueType<string>
export const OWN_PATH = { parse: parseOwnPath, schema: STRING } satisfies ValueType<string>
export const ACCOUNT = {
  parse: parseAccount,
  schema: { type: ['string', 'integer'] },
} satisfies ValueType<string>
export const UMASK = {
  parse: parseUmask,
  format: (mode: number) => mode.toString(8).padStart(3, '0'),
  schema: STRING,
} satisfies ValueType<number>

/** Where HTTP is spoken, and nothing else. */
function parseHttpBind(text: string, place: Place): Parsed<BindAddress> {
  const parsed = parseBind(text, place)
  if (!parsed.ok || parsed.value.protocol === 'http') return parsed
  return { ok: false, expected: 'HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH: only HTTP is spoken there' }
}

// Only here do addresses meet the start directory: the path of a Unix socket is relative to it, like every other path.
function parseBind(text: string, place: Place): Parsed<BindAddress> {
  const parsed = parseBindAddress(text)
  if (!parsed.ok || parsed.value.kind !== 'unix') return parsed
  const path = parsePath(parsed.value.path, place)
  return path.ok ? parseBindAddress(formatBindAddress({ ...parsed.value, path: path.value })) : path
}
