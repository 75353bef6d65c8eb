// What gantry prints once it serves. People read it, scripts wait for `ready` and take the addresses from it: the layout is fixed.
import type { Server } from '../server/serve.ts'

export type BannerFacts = Pick<Server, 'addresses' | 'summary'> & {
  readonly version: string
  readonly nodeVersion: string
  readonly pid: number
}

export function banner({ version, nodeVersion, pid, addresses, summary }: BannerFacts): string {
  const { threads, threadsOrigin } = summary
  const rows = [
    ['application', summary.application],
    ['python', `${summary.pythonVersion} (${summary.pythonPath}, from ${summary.pythonOrigin})`],
    ['workers', `${summary.workers} (${summary.workersOrigin}) x ${threads} threads (${threadsOrigin})`],
    ...addresses.map((address) => ['listening', address]),
  ]
  const lines = rows.map(([name = '', text = '']) => `  ${name.padEnd(12)} ${text}`)
  return [`gantry ${version} (node ${nodeVersion}, pid ${pid})`, ...lines, 'ready', ''].join('\n')
}
