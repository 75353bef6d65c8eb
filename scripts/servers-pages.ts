// docs/reference/gunicorn.md and uwsgi.md: what each setting of those servers is here, from the tables that the command line and
// `gantry migrate` read.

import { GUNICORN_SETTINGS } from '../src/config/gunicorn/gunicorn-settings.ts'
import type { GunicornSetting } from '../src/config/gunicorn/gunicorn-setting.ts'
import { GUNICORN_HOOKS } from '../src/config/gunicorn/hooks.ts'
import { flagOf } from '../src/config/option.ts'
import { OPTIONS } from '../src/config/options.ts'
import { PLAIN_OPTIONS } from '../src/migration/uwsgi/plain-options.ts'
import type { UwsgiOption } from '../src/migration/uwsgi/uwsgi-option.ts'

export const GUNICORN_INTRODUCTION = `Every setting of gunicorn 26.1. Flags in bold are taken on the command line as they are, and mean the same; the others are errors that say what stands here.
\`gantry migrate gunicorn\` translates a whole configuration file or command line.`

export const UWSGI_INTRODUCTION = `What \`gantry migrate uwsgi\` makes of the options of an INI file. It knows these besides, whose values depend on each other: \`module\`, \`wsgi-file\`, \`callable\`, \`mount\`,
\`home\` and its other names, all kinds of sockets with \`protocol\`, \`processes\` with \`cheaper\`, \`gevent\`, \`max-requests-delta\`, \`buffer-size\`, \`plugins\`, \`py-autoreload\`,
\`static-map\`, \`static-map2\` and \`disable-logging\`; placeholders \`%(name)\`, \`%n\`, \`%d\` and \`%p\`; and it says of everything else that it does not know it.`

export const gunicornParagraphs = (): readonly string[] => [
  ['| setting | flags | here | |', '|---|---|---|---|', ...GUNICORN_SETTINGS.map(gunicornRow)].join('\n'),
  '## Hooks',
  [
    '| hook | here |',
    '|---|---|',
    ...[...GUNICORN_HOOKS].map(([name, advice]) => `| \`${name}\` | ${cell(advice)} |`),
  ].join('\n'),
]

export const uwsgiParagraphs = (): readonly string[] => [
  ['| options | here | |', '|---|---|---|', ...PLAIN_OPTIONS.map(uwsgiRow)].join('\n'),
]

function gunicornRow({ name, flags = [], option, advice = '' }: GunicornSetting): string {
  const shown = flags.map((flag) => (option === undefined ? `\`${flag}\`` : `**\`${flag}\`**`)).join(', ')
  return `| \`${name}\` | ${shown} | ${optionName(option)} | ${cell(advice)} |`
}

const uwsgiRow = ({ names, option, advice = '' }: UwsgiOption): string =>
  `| ${names
    .split(' ')
    .map((name) => `\`${name}\``)
    .join(', ')} | ${optionName(option)} | ${cell(advice)} |`

function optionName(option: GunicornSetting['option']): string {
  if (option === undefined) return ''
  return OPTIONS[option].kind === 'argument' ? `\`${OPTIONS[option].metavariable}\`` : `\`${flagOf(option)}\``
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
