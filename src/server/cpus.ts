// How many CPUs this process may use: what the machine (or an affinity mask) gives, cut by the quota of its control group and
// of every group above that. In a container the quota is the number that counts, and nothing else in Node tells it.
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

export type CpuFacts = {
  /** CPUs of the machine. */
  readonly machine: number
  /** CPUs that the affinity mask leaves. */
  readonly parallelism: number
  /** The text of a file, or `undefined` if it cannot be read. */
  readonly readText: (path: string) => string | undefined
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

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** In CPUs; infinite without a quota. */
function smallestQuota(read: CpuFacts['readText']): number {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n')
  return Math.min(Number.POSITIVE_INFINITY, ...groups.flatMap((line) => quotasOf(line, read)))
}

/** One line of /proc/self/cgroup is `hierarchy:controllers:path`; version 2 is hierarchy 0 without controllers. */
function quotasOf(line: string, read: CpuFacts['readText']): readonly number[] {
  const match = /^(\d+):([^:]*):(\/.*)$/.exec(line)
  if (match === null) return []
  const [, hierarchy, controllers = '', path = '/'] = match
  if (hierarchy === '0' && controllers === '') {
    return ancestorsOf(path).map((group) => parseQuotaV2(read(`/sys/fs/cgroup${group}/cpu.max`)))
  }
  if (!controllers.split(',').includes('cpu')) return []
  const mounts = [...new Set([controllers, 'cpu'])]
  return mounts.flatMap((mount) =>
    ancestorsOf(path).map((group) => readQuotaV1(`/sys/fs/cgroup/${mount}${group}`, read)),
  )
}

/** `/a/b` → `/a/b`, `/a`, and the root. In a container the path can be the host's; then only the root is there. */
function ancestorsOf(path: string): readonly string[] {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '..')
  return [...segments.map((_, index) => `/${segments.slice(0, segments.length - index).join('/')}`), '']
}

function parseQuotaV2(text: string | undefined): number {
  const match = /^(\d+) (\d+)/.exec(text ?? '') // "max 100000" means no quota
  return match === null ? Number.POSITIVE_INFINITY : inCpus(match[1], match[2])
}

function readQuotaV1(directory: string, read: CpuFacts['readText']): number {
  const quota = read(`${directory}/cpu.cfs_quota_us`)
  return inCpus(quota, read(`${directory}/cpu.cfs_period_us`)) // a quota of -1 means none
}

function inCpus(quotaMicros: string | undefined, periodMicros: string | undefined): number {
  const quota = Number(quotaMicros)
  const period = Number(periodMicros)
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY
}

const plural = (count: number): string => (count > 1 ? 'CPUs' : 'CPU')
