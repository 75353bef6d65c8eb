// The results of one suite, as they are kept in JSON: every sample. What the report makes of them is computed from that.
import type { BenchCase, Sample } from '../cases/bench-case.ts'
import type { Machine } from './machine.ts'
import { summarize, type Summary } from './statistics.ts'

export type SuiteResults = {
  readonly suite: string
  readonly date: string
  readonly machine: Machine
  /** Of the parts that are measured in all of them. */
  readonly rounds: number
  readonly seconds: number
  readonly servers: readonly ServerNote[]
  readonly measurements: readonly Measurement[]
}

export type ServerNote = {
  readonly name: string
  readonly settings: string
  readonly version?: string
  /** Why it was not measured. */
  readonly missing?: string
}

/** What one round gave for one case on one server. */
export type Measurement = {
  readonly caseName: string
  readonly server: string
  readonly round: number
  readonly outcome: { readonly sample: Sample } | { readonly failure: string }
}

/** One case over all rounds. */
export type CaseResults = {
  readonly name: string
  readonly title: string
  readonly servers: readonly ServerResults[]
}

export type ServerResults = {
  readonly server: string
  readonly samples: readonly Sample[]
  /** Over the samples, by the figure's name. */
  readonly summary: Readonly<Record<string, Summary>>
  /** One message for each round that could not be measured. */
  readonly failures: readonly string[]
}

/** Servers come in the given order. */
export function collectCaseResults(
  { name, title }: BenchCase,
  measurements: readonly Measurement[],
  order: readonly string[],
): CaseResults {
  const own = measurements.filter(({ caseName }) => caseName === name)
  const servers = order.filter((server) => own.some((one) => one.server === server))
  return { name, title, servers: servers.map((server) => collectServerResults(server, own)) }
}

function collectServerResults(server: string, measurements: readonly Measurement[]): ServerResults {
  const outcomes = measurements
    .filter((measurement) => measurement.server === server)
    .map(({ outcome }) => outcome)
  const samples = outcomes.flatMap((outcome) => ('sample' in outcome ? [outcome.sample] : []))
  const failures = outcomes.flatMap((outcome) => ('failure' in outcome ? [outcome.failure] : []))
  return { server, samples, summary: summarizeSamples(samples), failures }
}

function summarizeSamples(samples: readonly Sample[]): Record<string, Summary> {
  const names = Object.keys(samples[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [name, summarize(samples.map((sample) => sample[name] ?? Number.NaN))]),
  )
}

export function medianOf(results: ServerResults | undefined, metric: string): number {
  return results?.summary[metric]?.median ?? Number.NaN
}
