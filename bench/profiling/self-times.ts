// Where a profile of V8 (.cpuprofile) says the time went: by function, without what it called.

export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds from one sample to the next; the first belongs to the first. */
  readonly timeDeltas: readonly number[]
}

export type SelfTime = { readonly where: string; readonly us: number; readonly share: number }

// Not work: the event loop waits.
const IDLE = '(idle)'

/** Most first. Shares are of the time in which the process was not idle. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]))
  const times = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const where = places.get(id) ?? '(unknown)'
    // A sample stands for the time until the next one.
    times.set(where, (times.get(where) ?? 0) + (timeDeltas[index + 1] ?? 0))
  }
  times.delete(IDLE)
  const total = [...times.values()].reduce((sum, us) => sum + us, 0)
  return [...times]
    .map(([where, us]) => ({ where, us, share: us / total }))
    .sort((one, other) => other.us - one.us)
}

function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  return `${name} ${url.replace(/^.*\/(dist|node_modules)\//, '$1/')}:${lineNumber + 1}`
}
