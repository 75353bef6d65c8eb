// The results of one run, as they are written to JSON: every sample, and what the report makes of them.
import type { BenchCase, Sample } from '../cases/bench-case.ts'
import type { Machine } from './machine.ts'
import { summarize, type Summary } from './statistics.ts'

export type RunResults = {
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
  readonly servers: readonly ServerNote[]
  readonly cases: readonly CaseResults[]
}

export type ServerNote = {
  readonly name: string
  readonly settings: string
  readonly version?: string
  /** Why it was not measured. */
  readonly missing?: string
}

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

/** What one round gave for one case on one server. */
export type Measurement = {
  readonly caseName: string
  readonly server: string
  readonly outcome: { readonly sample: Sample } | { readonly failure: string }
}

export function collectCaseResults(benchCase: BenchCase, measurements: readonly Measurement[]): CaseResults {
  const { name, title } = benchCase
  const own = measurements.filter(({ caseName }) => caseName === name)
  const servers = [...new Set(own.map(({ server }) => server))]
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
