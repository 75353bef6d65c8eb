// Installs what the chosen servers need and finds out which of them can be run. A server that cannot is reported with
// the reason; the run goes on with the rest.
import { installDebianPackages } from './debian-packages.ts'
import { installPythonPackages } from './python-packages.ts'
import type { ServerNote } from '../report/results.ts'
import type { LaunchPlace, ServerEntry } from '../servers/server-entry.ts'

export type PreparedServer = {
  readonly entry: ServerEntry
  /** What the report says of it. */
  readonly note: ServerNote
  /** Why it cannot be run. */
  readonly missing?: string
}

export async function prepareServers(
  entries: readonly ServerEntry[],
  place: LaunchPlace,
  mayInstall: boolean,
): Promise<PreparedServer[]> {
  const prepared: PreparedServer[] = []
  for (const entry of entries) {
    const missing = mayInstall ? await install(entry, place) : undefined
    prepared.push(missing === undefined ? await findVersion(entry, place) : missingServer(entry, missing))
  }
  return prepared
}

async function install(entry: ServerEntry, place: LaunchPlace): Promise<string | undefined> {
  const { debianPackages = [], pythonPackages = [], isBuilt = false } = entry
  const debianProblem = await installDebianPackages(debianPackages)
  if (debianProblem !== undefined || pythonPackages.length === 0) return debianProblem
  return await installPythonPackages(place.pythonBin, pythonPackages, isBuilt)
}

async function findVersion(entry: ServerEntry, place: LaunchPlace): Promise<PreparedServer> {
  try {
    const version = await entry.findVersion(place)
    return { entry, note: { name: entry.name, settings: entry.settings, version } }
  } catch (error) {
    return missingServer(entry, error instanceof Error ? error.message : String(error))
  }
}

function missingServer(entry: ServerEntry, missing: string): PreparedServer {
  return { entry, missing, note: { name: entry.name, settings: entry.settings, missing } }
}
