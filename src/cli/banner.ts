// What gantry prints once it serves. People read it, scripts wait for `ready` and take the addresses from it: the layout is fixed.
import type { ApplicationSummary, ServerSummary } from '../server/server-summary.ts'

export type BannerFacts = {
  /** The URLs that the server listens at. */
  readonly addresses: readonly string[]
  readonly summary: ServerSummary
  readonly version: string
  readonly nodeVersion: string
  readonly pid: number
}

export function banner({ version, nodeVersion, pid, addresses, summary }: BannerFacts): string {
  const rows = [
    ...(summary.mounts === undefined ? [['application', summary.application]] : []),
    ...(summary.middleware.length === 0 ? [] : [['middleware', summary.middleware.join(', ')]]),
    ...pythonRows(summary),
    ...(summary.mounts ?? []).flatMap((mount) => [
      ['application', `${mount.at} ${mount.application}`],
      ...pythonRows(mount),
    ]),
    ...frontRows(summary),
    ...addresses.map((address) => ['listening', address]),
  ]
  const lines = rows.map(([name = '', text = '']) => `  ${name.padEnd(12)} ${text}`)
  return [`gantry ${version} (node ${nodeVersion}, pid ${pid})`, ...lines, 'ready', ''].join('\n')
}

function pythonRows({ python }: ApplicationSummary): readonly (readonly string[])[] {
  if (python === undefined) return []
  const { version, path, pathOrigin, workers, workersOrigin, threads, threadsOrigin } = python
  return [
    ['python', `${version} (${path}, from ${pathOrigin})`],
    ['workers', `${workers} (${workersOrigin}) x ${threads} threads (${threadsOrigin})`],
  ]
}

// A Python application has one, which is no news.
function frontRows({ python, mounts = [], fronts }: ServerSummary): readonly (readonly string[])[] {
  const isOfPython = python !== undefined || mounts.some((mount) => mount.python !== undefined)
  if (isOfPython && fronts.count === 1) return []
  return [['fronts', `${fronts.count} (${fronts.origin})`]]
}
