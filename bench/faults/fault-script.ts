// One script of `npm run faults`: its name, its options with their defaults, and what it does.
import { parseArgs } from 'node:util'

import { flagOf } from '../../src/config/option.ts'
import type { Finding } from './finding.ts'

interface FaultOption {
  /** Its type is that of the option. */
  readonly default: number | string
  readonly help: string
}

type FaultOptions = Readonly<Record<string, FaultOption>>

type Values<Options extends FaultOptions> = {
  readonly [Name in keyof Options]: Options[Name]['default'] extends number ? number : string
}

export type Tell = (progress: string) => void

interface ScriptPlan<Options extends FaultOptions> {
  readonly name: string
  readonly title: string
  readonly options: Options
  run(values: Values<Options>, tell: Tell): Promise<readonly Finding[]>
}

export interface FaultScript {
  readonly name: string
  readonly title: string
  /** The lines of its options. */
  readonly help: string
  start(argv: readonly string[], tell: Tell): Promise<readonly Finding[]>
}

export function faultScript<Options extends FaultOptions>(plan: ScriptPlan<Options>): FaultScript {
  const { name, title, options } = plan
  return {
    name,
    title,
    help: Object.entries(options).map(renderOption).join(''),
    start: (argv, tell) => plan.run(parseValues(options, argv), tell),
  }
}

function parseValues<Options extends FaultOptions>(
  options: Options,
  argv: readonly string[],
): Values<Options> {
  const flags = Object.keys(options).map((name) => [flagOf(name).slice(2), { type: 'string' }] as const)
  const { values } = parseArgs({ args: [...argv], options: Object.fromEntries(flags), strict: true })
  const entries = Object.entries(options).map(([name, option]) => {
    const flag = flagOf(name)
    return [name, parseValue(flag, values[flag.slice(2)], option.default)] as const
  })
  return Object.fromEntries(entries) as Values<Options>
}

function parseValue(flag: string, text: string | undefined, unset: number | string): number | string {
  if (text === undefined || typeof unset === 'string') return text ?? unset
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`${flag} takes a whole number, got "${text}"`)
  return Number(text)
}

function renderOption([name, { default: unset, help }]: [string, FaultOption]): string {
  const preset = unset === '' ? '' : ` (default ${unset})`
  return `  ${flagOf(name).padEnd(22)} ${help}${preset}\n`
}
