// The kinds of values that options take: how each is read, what a JSON Schema says of it, and what a shell completes it with.
import { type AccessFormat, formatAccessFormat, parseAccessFormat } from './access-format.ts'
import { type BindAddress, bindAddressText, formatBindAddress, parseBindAddress } from './bind-address.ts'
import { parseCount } from './counts.ts'
import { formatDuration, parseDuration } from './durations.ts'
import { formatLogTarget, type LogTarget, parseLogTarget } from './log-target.ts'
import { parseMountKey } from './mount-key.ts'
import { formatNetwork, type Network, parseNetwork } from './networks.ts'
import type { JsonSchema, Parsed, Place, ValueType } from './option.ts'
import { PRIORITIES, type Priority, parsePriority } from './priorities.ts'
import { formatSize, parseSize } from './sizes.ts'
import {
  type EnvironmentEntry,
  type AddedField,
  parseAccount,
  parseAddedField,
  parseFieldName,
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
  parseVariableName,
} from './texts.ts'
import {
  ACCESS_FORMAT_TEXT,
  ACCOUNT_TEXT,
  ADDRESS_TEXT,
  COUNT_TEXT,
  DURATION_TEXT,
  FIELD_ENTRY,
  FIELD_NAME,
  FIELD_VALUE,
  FILLED,
  HTTP_ADDRESS_TEXT,
  LOG_TARGET_TEXT,
  MOUNT_KEY_TEXT,
  NETWORK_TEXT,
  OWN_PATH_TEXT,
  ROUTE_TEXT,
  SCRIPT_NAME_TEXT,
  SEARCH_DIRECTORY_TEXT,
  SERVER_HEADER_TEXT,
  SIZE_TEXT,
  SWITCH_WORDS,
  UMASK_TEXT,
  UNDERSCORE_FIELD_TEXT,
  VARIABLE_ENTRY,
  VARIABLE_NAME,
  VARIABLE_VALUE,
  WORKER_RANGE_TEXT,
} from './value-schemas.ts'
import { MOST_WORKERS, parseWorkerRange, type WorkerRange } from './worker-range.ts'

/** A number, or a text in its place. */
const numberOr = (text: JsonSchema, minimum: number, maximum: number): JsonSchema => ({
  anyOf: [{ type: 'integer', minimum, maximum }, text],
})

export const count = (min: number, max: number): ValueType<number> => ({
  parse: (text) => parseCount(text, min, max),
  takesNumbers: 'whole',
  schema: numberOr(COUNT_TEXT, min, max),
})

export const size = (min: number, max?: number): ValueType<number> => ({
  parse: (text) => parseSize(text, min, max),
  format: formatSize,
  takesNumbers: 'whole',
  schema: numberOr(SIZE_TEXT, min, max ?? Number.MAX_SAFE_INTEGER),
})

export const duration = (minMs: number, maxMs?: number): ValueType<number> => ({
  parse: (text) => parseDuration(text, minMs, maxMs),
  format: formatDuration,
  schema: DURATION_TEXT,
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

const LEVEL = oneOf('debug', 'info', 'warning', 'error')
/** gunicorn has one more, for which there is nothing to tell here. */
export const LOG_LEVEL = {
  ...LEVEL,
  parse: (text, place) => LEVEL.parse(text === 'critical' ? 'error' : text, place),
  schema: { enum: ['debug', 'info', 'warning', 'error', 'critical'] },
} satisfies typeof LEVEL

export const WORKER_RANGE = {
  parse: parseWorkerRange,
  format: ({ min, max }) => (min === max ? String(min) : `${min}:${max}`),
  takesNumbers: 'whole',
  schema: numberOr(WORKER_RANGE_TEXT, 1, MOST_WORKERS),
} satisfies ValueType<WorkerRange>

export const SWITCH = {
  parse: parseSwitch,
  format: (isOn) => (isOn ? 'on' : 'off'),
  schema: { anyOf: [{ type: 'boolean' }, SWITCH_WORDS] },
  completes: ['on', 'off'],
} satisfies ValueType<boolean>

export const TEXT = { parse: parseText, schema: FILLED } satisfies ValueType<string>
export const COMMAND = { ...TEXT, completes: 'file' } satisfies ValueType<string>
export const PATH = { parse: parsePath, schema: FILLED, completes: 'file' } satisfies ValueType<string>
export const DIRECTORY = { ...PATH, completes: 'directory' } satisfies ValueType<string>
export const SEARCH_DIRECTORY = {
  ...DIRECTORY,
  parse: parseSearchDirectory,
  schema: SEARCH_DIRECTORY_TEXT,
} satisfies ValueType<string>
export const ERROR_LOG_TARGET = {
  parse: parseLogTarget('stderr'),
  format: formatLogTarget,
  schema: LOG_TARGET_TEXT,
  completes: 'file',
} satisfies ValueType<LogTarget>
export const ACCESS_LOG_TARGET = {
  parse: parseLogTarget('stdout'),
  format: formatLogTarget,
  schema: LOG_TARGET_TEXT,
  completes: 'file',
} satisfies ValueType<LogTarget>
export const ACCESS_FORMAT = {
  parse: parseAccessFormat,
  format: formatAccessFormat,
  schema: ACCESS_FORMAT_TEXT,
  completes: ['gantry', 'common', 'combined', 'json'],
} satisfies ValueType<AccessFormat>
export const CONTROL_SOCKET = {
  parse: parseControlSocket,
  schema: FILLED,
  completes: 'file',
} satisfies ValueType<string>
/** The file that options are read from. */
export const CONFIG_FILE = CONTROL_SOCKET
export const ADDRESS = {
  parse: parseBind,
  format: bindAddressText,
  schema: ADDRESS_TEXT,
} satisfies ValueType<BindAddress>
export const HTTP_ADDRESS = {
  ...ADDRESS,
  parse: parseHttpBind,
  schema: HTTP_ADDRESS_TEXT,
} satisfies ValueType<BindAddress>
export const NETWORK = {
  parse: parseNetwork,
  format: formatNetwork,
  schema: NETWORK_TEXT,
} satisfies ValueType<Network>
/** The name of an environment variable. */
const VARIABLE = { parse: parseVariableName, schema: VARIABLE_NAME } satisfies ValueType<string>
export const ENVIRONMENT_ENTRY = {
  parse: parseEnvironmentEntry,
  format: ({ name, value }) => `${name}=${value}`,
  show: ({ name }) => `${name}=***`,
  takesNumbers: 'any',
  schema: VARIABLE_ENTRY,
  table: { key: VARIABLE, plain: VARIABLE_VALUE, textOf: (key, _, value) => `${key}=${value}` },
} satisfies ValueType<EnvironmentEntry>
const FIELD = { parse: parseFieldName, schema: FIELD_NAME } satisfies ValueType<string>
export const ADDED_FIELD = {
  parse: parseAddedField,
  format: ({ name, value }) => `${name}=${value}`,
  schema: FIELD_ENTRY,
  table: { key: FIELD, plain: FIELD_VALUE, textOf: (key, _, value) => `${key}=${value}` },
} satisfies ValueType<AddedField>
export const SCRIPT_NAME = { parse: parseScriptName, schema: SCRIPT_NAME_TEXT } satisfies ValueType<string>
export const UNDERSCORE_FIELD = {
  parse: parseUnderscoreField,
  schema: UNDERSCORE_FIELD_TEXT,
} satisfies ValueType<string>
export const SERVER_HEADER = {
  parse: parseServerHeader,
  schema: SERVER_HEADER_TEXT,
} satisfies ValueType<string>
export const MOUNT_KEY = { parse: parseMountKey, schema: MOUNT_KEY_TEXT } satisfies ValueType<string>
export const PRIORITY = {
  parse: parsePriority,
  schema: { enum: PRIORITIES },
  completes: PRIORITIES,
} satisfies ValueType<Priority>
/** A path prefix of requests. */
export const ROUTE = {
  parse: parseRoute,
  format: (route: string) => route || '/',
  schema: ROUTE_TEXT,
} satisfies ValueType<string>
export const OWN_PATH = { parse: parseOwnPath, schema: OWN_PATH_TEXT } satisfies ValueType<string>
export const ACCOUNT = {
  parse: parseAccount,
  takesNumbers: 'whole',
  schema: numberOr(ACCOUNT_TEXT, 0, Number.MAX_SAFE_INTEGER),
} satisfies ValueType<string>
export const UMASK = {
  parse: parseUmask,
  format: (mode: number) => mode.toString(8).padStart(3, '0'),
  schema: UMASK_TEXT,
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
