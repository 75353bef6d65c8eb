// Which configuration file was asked for. It has to be known before the other options are, as most may stand in it.
import { readCommandLine } from './command-line.ts'
import type { Environment } from './resolve.ts'

export interface ChosenFile {
  /** As it was given; `none` for no file, undefined where nothing was said. */
  readonly file: string | undefined
  readonly origin: string
}

export function chosenFile(argv: readonly string[], env: Environment): ChosenFile {
  const flag = readCommandLine(argv).flags.findLast(({ name }) => name === 'config')
  if (flag !== undefined) return { file: flag.text, origin: 'flag --config' }
  const { GANTRY_CONFIG: file } = env
  return { file, origin: file === undefined ? 'default' : 'variable GANTRY_CONFIG' }
}
