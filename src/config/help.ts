// The texts of --help and --help-all, made from the option table.
import { defaultTextOf, GROUPS, type Option } from './option.ts'
import { type NamedOption, OPTION_LIST } from './options.ts'

const WIDTH = 96
const NAMES_WIDTH = 31

const USAGE = `Usage: gantry [serve] [APP] [options]
       gantry dev [APP] [options]
       gantry config [APP] [options] [--check] [--json]
       gantry check | cgi [APP] [options]
       gantry init [DIR]
       gantry migrate gunicorn | uwsgi [FILE]
       gantry completion bash | zsh | fish
       gantry status | top | reload | stop | dump | workers +N|-N

Serves the WSGI application APP, in Python or TypeScript, over HTTP. Without APP the configuration
file names it: gantry.toml, [tool.gantry] in pyproject.toml, gantry.config.ts or .json. "dev" does
the same with defaults for development: an access log, --lint, --reload and one worker. "config"
prints every option with its value and where that comes from. "check" sends the application requests
in process, and reports what breaks PEP 3333. "cgi" runs it once, for the request of a CGI
environment. "init" looks at a folder and writes what serves it; "migrate" prints what another
server's configuration is here. "completion" prints what makes a shell complete all this. The others
speak to a server that is running. "gantry init --help", "gantry status --help" and so on say how.`

const CGI_USAGE = `Usage: gantry cgi [APP] [options]

Runs the WSGI application APP, in Python or TypeScript, for the one request that the environment
describes (RFC 3875), and writes its answer to the standard output. A web server starts it; by hand:

  REQUEST_METHOD=GET PATH_INFO=/ gantry cgi shop.wsgi:application

Ends with status 0 when the answer was handed over, with 1 when the application failed or nobody
took the answer, with 2 when there is no request or an option is wrong.`

const NOTES = `Times take a unit (500ms, 30s, 2m) or are seconds; sizes take one (64KiB, 10MB, 1GiB) or are bytes. Every option can also be given as a variable, --max-body-bytes as GANTRY_MAX_BODY_BYTES, and in a file, as max-body-bytes. A flag wins over a variable, a variable over the file, the file over PORT and WEB_CONCURRENCY of a platform, these over the default.`

const EXAMPLES = `Examples:
  gantry shop.wsgi:application
  gantry mysite.wsgi:application --chdir path/to/site --python path/to/venv/bin/python
  gantry ./app.ts --fronts 4
  gantry "shop:create_app('production')" --bind :8080 --bind unix:/run/shop.sock --workers 4`

/** `isWhole`: every option, and not only those that people use most. */
export function helpText(isWhole: boolean): string {
  const options = OPTION_LIST.filter(({ option }) => isWhole || option.isCommon === true)
  const groups = GROUPS.map((group) => groupText(group, options, isWhole)).filter((text) => text !== '')
  return `${[USAGE, ...groups, othersText(true), wrap(NOTES, WIDTH).join('\n'), EXAMPLES].join('\n\n')}\n`
}

/** Of `gantry cgi`, which takes the options of the application only. */
export function cgiHelpText(): string {
  return `${[CGI_USAGE, groupText('Application', OPTION_LIST, true), othersText(false)].join('\n\n')}\n`
}

function groupText(
  group: (typeof GROUPS)[number],
  options: readonly NamedOption[],
  isWhole: boolean,
): string {
  const rows = options
    .filter(({ option }) => option.group === group)
    .map((each) => renderOption(each, isWhole))
  return rows.length === 0 ? '' : `${group}:\n${rows.join('\n')}`
}

function othersText(isOfServer: boolean): string {
  const rows = [
    renderRow('-h, --help', 'Print this text.'),
    ...(isOfServer
      ? [
          renderRow('    --help-all', 'Print every option, and all that each does.'),
          renderRow(
            '    --check-config',
            'Check the configuration and end, as "gantry config --check" does.',
          ),
        ]
      : []),
    renderRow('-V, --version', 'Print the version; with --verbose also what a bug report needs.'),
  ]
  return `Other:\n${rows.join('\n')}`
}

function renderOption({ option, flag }: NamedOption, isWhole: boolean): string {
  const names =
    flag === undefined ? option.metavariable : `${option.short ?? '   '}${option.short ? ',' : ''} ${flag}`
  const defaultText = defaultTextOf(option)
  const aliases = option.aliases === undefined ? '' : `[also ${option.aliases.join(', ')}]`
  const notes = [
    isWhole ? repetitionOf(option) : '',
    isWhole ? aliases : '',
    defaultText === undefined ? '' : `[default: ${defaultText}${isWhole ? developmentNote(option) : ''}]`,
  ]
  const help = isWhole ? option.help : firstSentence(option.help)
  const text = [help, ...notes].filter((part) => part !== '').join(' ')
  return renderRow(flag === undefined ? names : `${names} ${option.metavariable}`.trimEnd(), text)
}

const developmentNote = ({ inDevelopment }: Option<unknown>): string =>
  inDevelopment === undefined ? '' : `; of gantry dev: ${inDevelopment}`

/** What comes after it is for those who have decided to use the option. */
export const firstSentence = (help: string): string => help.split(/(?<=\.) (?=[A-Z])/)[0]!

function repetitionOf(option: Option<unknown>): string {
  if (option.kind !== 'repeatable') return ''
  return option.isList ? 'Several with commas; may be repeated.' : 'May be repeated.'
}

/** Names on the left, text on the right; names that are too long get a line of their own. */
function renderRow(names: string, text: string): string {
  const lines = wrap(text, WIDTH - NAMES_WIDTH)
  const isTooLong = names.length + 4 > NAMES_WIDTH
  const first = isTooLong ? `  ${names}\n${' '.repeat(NAMES_WIDTH)}` : `  ${names}`.padEnd(NAMES_WIDTH)
  return lines.map((line, index) => (index === 0 ? first : ' '.repeat(NAMES_WIDTH)) + line).join('\n')
}

function wrap(text: string, width: number): readonly string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
