// Boots an application, sends it the requests of the check in process, and gathers what lint finds.

import { checkApplication } from '../lint/check-application.ts'
import { CHECK_REQUESTS } from '../lint/check-requests.ts'
import { parseFinding } from '../lint/finding.ts'
import { Findings, reportOf } from '../lint/report.ts'
import { mountsOf } from '../config/mounts-of.ts'
import type { Log } from '../observe/log.ts'
import { textLog } from '../observe/log.ts'
import { processesOf } from '../wsgi/application-parts.ts'
import { applicationOf } from './application-of.ts'
import type { Configuration } from './configuration.ts'
import { Observation } from './observation.ts'
import { openSpool } from './open-spool.ts'

const GRACE_MS = 2_000

/** What a check has found. */
export interface CheckResult {
  /** A line for each finding, and the counts. */
  readonly report: string
  readonly violations: number
}

/**
 * Checks the application by itself, of several that for all other paths, without the middleware in front of it and with one worker. Rejects with a GantryError when it cannot be
 * started; nothing is left running then or afterwards.
 */
export async function check(configuration: Configuration): Promise<CheckResult> {
  const settings = {
    ...mountsOf(configuration.settings)[0]!.settings,
    mounts: [],
    lint: true,
    workers: { min: 1, max: 1 },
    accessLog: undefined,
  }
  const findings = new Findings()
  const log = gathering(findings)
  const observation = new Observation(settings, log)
  const spool = openSpool(settings)
  const host = { observation, spool, share: { index: 0, count: 1 } }
  const { application } = await applicationOf({ ...configuration, settings, middleware: [] }, () => host)
  const processes = processesOf(application)
  try {
    await Promise.all(processes.map((each) => each.start()))
    await checkApplication(application, findings, { errors: (text) => process.stderr.write(text) })
    await Promise.all(processes.map((each) => each.stop(GRACE_MS)))
  } finally {
    for (const each of processes) each.kill()
    spool.remove()
    await observation.close()
  }
  return { report: reportOf(findings, CHECK_REQUESTS.length), violations: findings.count('violation') }
}

/** The log, but findings are gathered: they are reported at the end. */
function gathering(findings: Findings): Log {
  const log = textLog()
  return {
    ...log,
    warning(message) {
      const finding = parseFinding(message)
      if (finding === undefined) log.warning(message)
      else findings.add(finding)
    },
  }
}
