// How many CPUs this process may use: what the machine (or an affinity mask) gives, cut by the quota of its control group and
// of every group above that. In a container the quota is the number that counts, and nothing else in Node tells it.
import { availableParallelism, cpus } from 'node:os'
import { controlGroups, readText } from '../processes/control-groups.ts'
import type { ReadText } from '../processes/control-groups.ts'

export type CpuFacts = {
  /** CPUs of the machine. */
  readonly machine: number
  /** CPUs that the affinity mask leaves. */
  readonly parallelism: number
  readonly readText: ReadText
}

export type AllowedCpus = {
  readonly count: number
  /** For the banner: `CPUs of this machine`, `the cgroup's quota of 0.5 CPU`. */
  readonly origin: string
}

export function allowedCpus(facts: CpuFacts = factsOfThisProcess()): AllowedCpus {
  const { machine, parallelism } = facts
  const quota = smallestQuota(facts.readText)
  const count = Math.max(1, Math.min(parallelism, Math.ceil(quota)))
  if (quota < parallelism) {
    return Object.freeze({
      count,
      origin: `the cgroup's quota of ${Number(quota.toFixed(2))} ${plural(quota)}`,
    })
  }
  if (parallelism < machine) return Object.freeze({ count, origin: `${plural(count)} left to this process` })
  return Object.freeze({ count, origin: `${plural(count)} of this machine` })
}

function factsOfThisProcess(): CpuFacts {
  return { machine: cpus().length, parallelism: availableParallelism(), readText }
}

/** In CPUs; infinite without a quota. */
function smallestQuota(read: ReadText): number {
  const quotas = controlGroups('cpu', read).map(({ version, directory }) =>
    version === 2 ? parseQuotaV2(read(`${directory}/cpu.max`)) : readQuotaV1(directory, read),
  )
  return Math.min(Number.POSITIVE_INFINITY, ...quotas)
}

function parseQuotaV2(text: string | undefined): number {
  const match = /^(\d+) (\d+)/.exec(text ?? '') // "max 100000" means no quota
  return match === null ? Number.POSITIVE_INFINITY : inCpus(match[1], match[2])
}

function readQuotaV1(directory: string, read: ReadText): number {
  const quota = read(`${directory}/cpu.cfs_quota_us`)
  return inCpus(quota, read(`${directory}/cpu.cfs_period_us`)) // a quota of -1 means none
}

function inCpus(quotaMicros: string | undefined, periodMicros: string | undefined): number {
  const quota = Number(quotaMicros)
  const period = Number(periodMicros)
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY
}

const plural = (count: number): string => (count > 1 ? 'CPUs' : 'CPU')
