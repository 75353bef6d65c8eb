// What a server has done, for the line that it ends with: requests, how many of them failed with which status, and what died.

import { countText } from './count-text.ts'

export interface RequestAccount {
  readonly requests: number
  /** By status; only those from 400 on. */
  readonly failures: Readonly<Record<string, number>>
  readonly workerDeaths: number
}

export const EMPTY_ACCOUNT: RequestAccount = { requests: 0, failures: {}, workerDeaths: 0 }

export function sumOf(one: RequestAccount, other: RequestAccount): RequestAccount {
  const failures: Record<string, number> = { ...one.failures }
  for (const [status, count] of Object.entries(other.failures))
    failures[status] = (failures[status] ?? 0) + count
  return {
    requests: one.requests + other.requests,
    failures,
    workerDeaths: one.workerDeaths + other.workerDeaths,
  }
}

/** `1,234 requests, 12 answered 5xx (502: 3, 504: 9), 40 answered 4xx (404: 40); 1 worker died`. */
export function accountText({ requests, failures, workerDeaths }: RequestAccount): string {
  const classes = ['5', '4'].flatMap((first) => {
    const ofClass = Object.entries(failures).filter(([status]) => status.startsWith(first))
    if (ofClass.length === 0) return []
    const sum = ofClass.reduce((total, [, count]) => total + count, 0)
    const each = ofClass.map(([status, count]) => `${status}: ${countText(count)}`)
    return [`${countText(sum)} answered ${first}xx (${each.join(', ')})`]
  })
  const answered = [numbered(requests, 'request'), ...(classes.length > 0 ? classes : ['none failed'])]
  const died = workerDeaths === 0 ? 'no worker died' : `${numbered(workerDeaths, 'worker')} died`
  return `${answered.join(', ')}; ${died}`
}

const numbered = (count: number, noun: string): string =>
  `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
