// Every rule that `lint` knows. Codes are stable and never reused. protocol/lint-rules.json holds the same for the tests of both
// languages; python/gantry_worker/lint_rules.py is this table's twin.

/** `violation`: a rule is broken. `advice`: a "should", or what other servers and tools mind. */
export type Severity = 'violation' | 'advice'

/** Where a rule is looked after: in front of which applications, or by `gantry check` alone. */
export type RuleScope = 'python' | 'typescript' | 'check'

/** One rule of PEP 3333, of HTTP or of the server. */
export interface Rule {
  readonly severity: Severity
  /** How it should be, in one sentence. */
  readonly text: string
  /** The document, and the section in it. */
  readonly source: string
  readonly requirements: readonly string[]
  readonly scopes: readonly RuleScope[]
}

interface RuleFacts {
  readonly requirements?: readonly string[]
  readonly scopes?: readonly RuleScope[]
}

const BOTH: readonly RuleScope[] = ['python', 'typescript']

const violation = (source: string, text: string, facts: RuleFacts = {}): Rule =>
  rule('violation', source, text, facts)
const advice = (source: string, text: string, facts: RuleFacts = {}): Rule =>
  rule('advice', source, text, facts)

function rule(
  severity: Severity,
  source: string,
  text: string,
  { requirements = [], scopes = BOTH }: RuleFacts,
): Rule {
  return { severity, text, source, requirements, scopes }
}

const DETAILS = 'PEP 3333, "Specification Details"'
const ENVIRON = 'PEP 3333, "environ Variables"'
const STREAMS = 'PEP 3333, "Input and Error Streams"'
const START = 'PEP 3333, "The start_response() Callable"'
const LENGTH = 'PEP 3333, "Handling the Content-Length Header"'
const WRITE = 'PEP 3333, "The write() Callable"'
const ERRORS = 'PEP 3333, "Error Handling"'

export const RULES = {
  LINT_ENVIRON_DICT: violation(DETAILS, 'The environ is a builtin dict, or a plain object.', {
    requirements: ['W10'],
  }),
  LINT_ENVIRON_MISSING: violation(ENVIRON, 'The environ has every variable that the interface requires.', {
    requirements: ['W11', 'W14'],
  }),
  LINT_ENVIRON_STRING: violation(ENVIRON, 'CGI and HTTP_ variables are strings of latin-1 characters.', {
    requirements: ['W12'],
  }),
  LINT_ENVIRON_PATH: violation(
    ENVIRON,
    'SCRIPT_NAME and PATH_INFO are empty or begin with a slash, and SCRIPT_NAME is not "/".',
    { requirements: ['W18'] },
  ),
  LINT_ENVIRON_CONTENT: violation(
    ENVIRON,
    'CONTENT_LENGTH is digits, and CONTENT_TYPE and CONTENT_LENGTH have no twins with HTTP_.',
    { requirements: ['W11'] },
  ),
  LINT_ENVIRON_WSGI: violation(ENVIRON, 'The wsgi. variables are what the interface says.', {
    requirements: ['W14'],
  }),
  LINT_INPUT_CLOSED: violation(STREAMS, 'The application does not close wsgi.input.', {
    requirements: ['W15'],
    scopes: ['python'],
  }),
  LINT_INPUT_METHOD: violation(
    STREAMS,
    'Of wsgi.input only read, readline, readlines and the iteration are used.',
    { requirements: ['W15'], scopes: ['python'] },
  ),
  LINT_INPUT_OVERLAP: violation(
    'gantry/wsgi, InputStream',
    'Only one read of wsgi.input is under way at a time.',
    {
      requirements: ['W15'],
      scopes: ['typescript'],
    },
  ),
  LINT_ERRORS_TYPE: violation(STREAMS, 'What is written to wsgi.errors is a string.', {
    requirements: ['W17'],
  }),
  LINT_START_MISSING: violation(DETAILS, 'start_response is called before the answer ends.', {
    requirements: ['W26'],
  }),
  LINT_START_LATE: violation(DETAILS, 'start_response is called before the first block is given.', {
    requirements: ['W7', 'W25'],
  }),
  LINT_START_TWICE: violation(START, 'start_response is called again only with exc_info.', {
    requirements: ['W21'],
  }),
  LINT_START_KEYWORD: violation(START, 'The arguments of start_response are given by position.', {
    requirements: ['W20'],
    scopes: ['python'],
  }),
  LINT_EXC_INFO: violation(START, 'exc_info is what was caught: the tuple of sys.exc_info(), or an Error.', {
    requirements: ['W22'],
  }),
  LINT_EXC_SWALLOWED: violation(
    ERRORS,
    'What start_response raises when it is given exc_info is not caught.',
    {
      requirements: ['W23'],
    },
  ),
  LINT_STATUS_TYPE: violation(START, 'The status is a string.', { requirements: ['W27'] }),
  LINT_STATUS_FORM: violation(
    START,
    'The status is a number from 200 to 599, one space and a reason in latin-1 without control characters.',
    { requirements: ['W27'] },
  ),
  LINT_STATUS_INTERIM: violation('RFC 9110 §15.2', 'The final status is not an interim one (1xx).', {
    requirements: ['W27'],
  }),
  LINT_STATUS_REASON: advice(START, 'The status has a reason; other servers may refuse one without.', {
    requirements: ['W27'],
  }),
  LINT_HEADERS_LIST: violation(START, 'The response headers are a list.', { requirements: ['W28'] }),
  LINT_HEADER_PAIR: violation(START, 'Each response header is a pair of two strings.', {
    requirements: ['W28'],
  }),
  LINT_HEADER_NAME: violation(
    START,
    'The name of a header is a token (RFC 9110 §5.6.2) that does not end in "-" or "_".',
    { requirements: ['W28'] },
  ),
  LINT_HEADER_STATUS: violation(
    'RFC 3875 §6.3.3',
    'There is no header with the name Status, in which CGI has the status.',
    { requirements: ['W28'] },
  ),
  LINT_HEADER_VALUE: violation(
    'PEP 3333, "Unicode Issues"',
    'The value of a header is latin-1 characters without control characters.',
    { requirements: ['W28'] },
  ),
  LINT_HEADER_SPACE: advice(
    'RFC 9110 §5.5',
    'The value of a header neither begins nor ends with whitespace.',
    {
      requirements: ['W28'],
    },
  ),
  LINT_HEADER_HOP: violation(
    'PEP 3333, "Other HTTP Features"',
    'Hop-by-hop headers belong to the server, not to the application.',
    { requirements: ['W29'] },
  ),
  LINT_HEADER_REPEATED: violation('RFC 9110 §5.3', 'A header that has one value is given once.', {
    requirements: ['W28'],
  }),
  LINT_HEADER_REQUIRED: violation(
    'RFC 9110 §15',
    '206 has a Content-Range, 401 a WWW-Authenticate and 405 an Allow header.',
  ),
  LINT_CONTENT_TYPE_MISSING: advice('RFC 9110 §8.3', 'An answer other than 204 and 304 has a Content-Type.'),
  LINT_CONTENT_TYPE_UNUSED: advice('wsgiref.validate', 'A 204 or 304 has no Content-Type.'),
  LINT_LENGTH_FORM: violation('RFC 9110 §8.6', 'Content-Length is digits.', { requirements: ['W28'] }),
  LINT_LENGTH_UNUSED: advice('RFC 9110 §8.6', 'A 204 has no Content-Length; Gantry leaves it out.', {
    requirements: ['W43'],
  }),
  LINT_LENGTH_SHORT: violation(LENGTH, 'The body has as many bytes as its Content-Length says, not fewer.', {
    requirements: ['W41'],
  }),
  LINT_LENGTH_LONG: violation(LENGTH, 'The body has as many bytes as its Content-Length says, not more.', {
    requirements: ['W41'],
  }),
  LINT_RESULT_NONE: violation(DETAILS, 'The application returns an iterable; without a body, an empty one.', {
    requirements: ['W4'],
  }),
  LINT_RESULT_TYPE: violation(
    DETAILS,
    'What the application returns is an iterable of blocks of bytes, not the bytes or a string.',
    { requirements: ['W3', 'W5'] },
  ),
  LINT_RESULT_LENGTH: violation(DETAILS, 'The length of the iterable is the number of its blocks.', {
    requirements: ['W42'],
  }),
  LINT_RESULT_OPEN: violation(DETAILS, 'The iterable is closed when the request is over, however it ended.', {
    requirements: ['W45'],
  }),
  LINT_RESULT_CLOSED: violation(DETAILS, 'No block is asked for once the iterable was closed.', {
    requirements: ['W45'],
  }),
  LINT_BLOCK_TYPE: violation(DETAILS, 'What is yielded, and what is given to write(), is bytes.', {
    requirements: ['W5'],
  }),
  LINT_BODY_FORBIDDEN: violation('RFC 9110 §6.4.1', 'A 204 or 304 has no body.', { requirements: ['W43'] }),
  LINT_WRITE_USED: advice(WRITE, 'New applications do not use write(): their result has the body.', {
    requirements: ['W6'],
  }),
  LINT_WRITE_LATE: violation(WRITE, 'write() is not called from within the iterable.', {
    requirements: ['W6'],
  }),
  LINT_WSGIREF: violation('wsgiref.validate', "The standard library's own checks find nothing.", {
    requirements: ['W70'],
    scopes: ['python'],
  }),
  LINT_CHECK_RAISED: violation(ERRORS, 'No request makes the application raise.', {
    requirements: ['W49'],
    scopes: ['check'],
  }),
  LINT_CHECK_STATUS: violation(
    'RFC 9110 §15.6',
    'No request is answered with a status of a server error (5xx, but 501).',
    {
      scopes: ['check'],
    },
  ),
  LINT_CHECK_TIMEOUT: violation('gantry check', 'Every request is answered in time.', { scopes: ['check'] }),
  LINT_CHECK_HEAD: advice(
    'RFC 9110 §9.3.2',
    'HEAD is answered with the status of GET, and with its Content-Length or none.',
    {
      scopes: ['check'],
    },
  ),
} satisfies Readonly<Record<string, Rule>>

/** The stable name of a rule. */
export type RuleCode = keyof typeof RULES

export const isRuleCode = (code: string): code is RuleCode => Object.hasOwn(RULES, code)
