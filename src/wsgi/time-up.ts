// What an application is told that took too long: the reason of its request's signal.

import { formatDuration } from '../config/durations.ts'
import { RequestCancelled } from './request-context.ts'

export const notAnsweredWithin = (limitMs: number): RequestCancelled =>
  new RequestCancelled(`the application did not answer within ${formatDuration(limitMs)}`)

export const noDataWithin = (limitMs: number): RequestCancelled =>
  new RequestCancelled(`the application gave no data within ${formatDuration(limitMs)}`)
