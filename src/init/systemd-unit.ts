// The units that `gantry init --systemd` proposes: those of deploy/systemd, with names and paths put in.

import type { Project } from './project.ts'

export interface UnitFacts {
  /** What starts Gantry: absolute. */
  readonly program: readonly string[]
  /** The texts of deploy/systemd/shop.service and shop.socket. */
  readonly service: string
  readonly socket: string
}

const START = /^ExecStart=.*$/m
const RELOAD = /^ExecReload=.*$/m

export function systemdUnits(
  { name, directory, environment }: Project,
  { program, service, socket }: UnitFacts,
): { readonly service: string; readonly socket: string } {
  const start = program.map(escaped).join(' ')
  const python =
    environment === undefined ? '' : ` --python ${escaped(`${directory}/${environment}/bin/python`)}`
  // gantry.toml names the application.
  const commands = service
    .replace(START, () => `ExecStart=${start}${python}`)
    .replace(RELOAD, () => `ExecReload=${start} reload`)
    .replace('ProtectHome=yes', () => `ProtectHome=${isAtHome(directory, program) ? 'read-only' : 'yes'}`)
    .replace('WorkingDirectory=/srv/shop', () => `WorkingDirectory=${directory.replaceAll('%', '%%')}`)
  return { service: named(commands, name), socket: named(socket, name) }
}

/** What lies there could not be read at all. */
const isAtHome = (directory: string, program: readonly string[]): boolean =>
  [directory, ...program].some((path) => path.startsWith('/home/'))

/** The example speaks of a shop, in its paths and of itself. */
function named(text: string, name: string): string {
  const lines = text.split('\n').map((line) => {
    if (/^(ExecStart|ExecReload|WorkingDirectory)=/.test(line)) return line
    if (line.startsWith('# A WSGI application'))
      return '# A WSGI application under Gantry: docs/guide/systemd.md explains each part.'
    return line
      .replace(/\bshop\b/g, name)
      .replace(/\bShop\b/g, name)
      .replace('the shop', name)
  })
  return lines.join('\n')
}

/** As one word of a command line of systemd. */
function escaped(word: string): string {
  const text = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+:,./$-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}
