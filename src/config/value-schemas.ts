// What a JSON Schema says of the texts that options take: as much of each parser as a pattern can say. Whatever a parser takes they take;
// test/config/left-to-the-loader.txt shows what only the parsers refuse. Patterns keep to what the regular expressions of all validators share.
import { ATOMS, NAMED } from './access-format.ts'
import { PROTOCOLS } from './bind-address.ts'
import type { JsonSchema } from './option.ts'

const text = (pattern: string): JsonSchema => ({ type: 'string', pattern })

// Control characters; none of the texts that are shown or sent may hold them.
const CONTROL = '\\x00-\\x1f\\x7f-\\x9f'
const ENCODED = '%[0-9A-Fa-f]{2}'
const PROTOCOL = PROTOCOLS.join('|')
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]"

/** Anything but nothing, and no NUL. */
export const FILLED = text('^[^\\x00]+$')
export const SEARCH_DIRECTORY_TEXT = text('^[^\\x00,]+$')

export const DURATION_TEXT = {
  ...text('^[0-9]{1,12}(\\.[0-9]{1,6})?(ms|s|m|h)?$'),
  examples: ['30s', '500ms', '2m', '1h'],
}
export const SIZE_TEXT = text('^[0-9]{1,16}(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$')
export const COUNT_TEXT = text('^[0-9]{1,15}$')
export const WORKER_RANGE_TEXT = text('^[0-9]{1,4}(:[0-9]{1,4})?$')
export const SWITCH_WORDS: JsonSchema = { enum: ['on', 'true', 'yes', '1', 'off', 'false', 'no', '0'] }

const TCP = '(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9_.-]*):[0-9]{1,5}'
const addressOf = (protocol: string): JsonSchema =>
  text(`^((${protocol})://)?${TCP}$|^((${protocol})\\+)?(unix:[^\\x00]+|fd:[0-9]{1,5})$`)
export const ADDRESS_TEXT = addressOf(PROTOCOL)
export const HTTP_ADDRESS_TEXT = addressOf('http')
export const NETWORK_TEXT = text(
  '^unix$|^[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?$|^[0-9A-Fa-f]*:[0-9A-Fa-f:.]+(/[0-9]{1,3})?$',
)

export const VARIABLE_NAME = text('^[^=\\x00]+$')
export const VARIABLE_VALUE: JsonSchema = { type: ['string', 'number'], pattern: '^[^\\x00]*$' }
export const VARIABLE_ENTRY = text('^[^=\\x00]+=[^\\x00]*$')

const FIELD_TEXT = '[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?'
export const FIELD_NAME = text(`^${TOKEN}+$`)
export const FIELD_VALUE = text(`^${FIELD_TEXT}$`)
export const FIELD_ENTRY = text(`^${TOKEN}+=${FIELD_TEXT}$`)

const PREFIX = `(/([^/?#%${CONTROL}]|${ENCODED})+)`
const WITHOUT_DOTS = { not: { pattern: '(^|/)\\.\\.?(/|$)' } }
export const SCRIPT_NAME_TEXT = { ...text(`^${PREFIX}*$`), ...WITHOUT_DOTS }
const HOST = '(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*'
export const MOUNT_KEY_TEXT = {
  ...text(`^(${HOST})?(/|${PREFIX}+)?$`),
  ...{ minLength: 1, not: { pattern: '[\\s=]|/\\.\\.?(/|$)' } },
}
export const ROUTE_TEXT = text('^/$|^(/[\\x21\\x22\\x24-\\x2e\\x30-\\x3e\\x40-\\x7e]+)+$')
export const OWN_PATH_TEXT = text(`^(/([\\x21\\x22\\x24\\x26-\\x3e\\x40-\\x7e]|${ENCODED})*)?$`)

export const SERVER_HEADER_TEXT = text('^([\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?)?$')
export const UNDERSCORE_FIELD_TEXT = text(`^${TOKEN}*_${TOKEN}*$`)
export const UMASK_TEXT = text('^(0o?)?[0-7]{1,3}$')
export const ACCOUNT_TEXT = text('^[A-Za-z0-9_][A-Za-z0-9_.-]*\\$?$')

const SYSLOG = '^syslog(:(/[^?]*|(udp|tcp)://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?)?(\\?.*)?)?$'
export const LOG_TARGET_TEXT = {
  ...FILLED,
  ...{ anyOf: [{ not: { pattern: '^syslog(:|$)' } }, { pattern: SYSLOG }] },
}

const ATOM = `(%%|%\\((\\{[^{}]+\\}[ioe]|${ATOMS.join('|')})\\)s)`
const PLAIN = `[^%${CONTROL}]*`
export const ACCESS_FORMAT_TEXT: JsonSchema = {
  anyOf: [{ enum: NAMED }, text(`^${PLAIN}(${ATOM}${PLAIN})+$`)],
}

/** A text that says one setting of a key: `/export request-timeout=5m`; `/api=api.wsgi:app` where a key takes a plain value. */
export const keyedText = (words: readonly string[], takesPlain: boolean): JsonSchema =>
  text(`${takesPlain ? '^[^=\\s]+=|' : ''}^[^\\s]+ +(${words.join('|')})=`)
