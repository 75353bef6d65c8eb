// Gantry with the applications of test/fixtures/applications, each under its own name.

import { type GantryOptions, type GantryProcess, REPOSITORY, startGantry } from './gantry-process.ts'
import { RawConnection } from './raw-connection.ts'
import type { RawResponse } from './raw-response.ts'

export const FIXTURES = `${REPOSITORY}test/fixtures`
/** Serves them all. */
export const FIXTURE_ARGUMENTS = ['mount_applications', '--chdir', FIXTURES] as const
/** Keeps Python from leaving its cache in the repository. */
export const FIXTURE_ENVIRONMENT = { PYTHONDONTWRITEBYTECODE: '1' } as const

export function startFixtures(
  options: readonly string[] = [],
  { env, ...rest }: GantryOptions = {},
): Promise<GantryProcess> {
  return startGantry([...FIXTURE_ARGUMENTS, ...options], { ...rest, env: { ...FIXTURE_ENVIRONMENT, ...env } })
}

export function openConnection(gantry: GantryProcess): Promise<RawConnection> {
  return RawConnection.open({ host: '127.0.0.1', port: gantry.port })
}

/** The bytes of a GET. */
export function getRequest(target: string, ...fields: readonly string[]): string {
  return `${[`GET ${target} HTTP/1.1`, 'Host: test.example', ...fields].join('\r\n')}\r\n\r\n`
}

/** GET on a connection of its own. */
export async function get(gantry: GantryProcess, target: string): Promise<RawResponse> {
  using connection = await openConnection(gantry)
  return await connection.request(getRequest(target))
}

/**
 * Resolves when the front has dealt with all that was sent to it before: it answers OPTIONS * by itself, and takes what
 * came first first.
 */
export async function frontHasRead(gantry: GantryProcess): Promise<void> {
  using connection = await openConnection(gantry)
  const probe = 'OPTIONS * HTTP/1.1\r\nHost: test.example\r\n\r\n'
  await connection.request(probe)
  await connection.request(probe)
}
