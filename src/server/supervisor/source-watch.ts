// --reload: tells which source files below some directories have changed. The system tells of each directory that something in it has
// (one watch for a directory, none for a file); what that was is seen by comparing it with what was there before.

import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Editors and checkouts write several files, and each in several steps. */
const SETTLED_MS = 100
/** Whoever is started in a home directory means something else. */
const MOST_DIRECTORIES = 4096
const NO_SOURCES = new Set(['node_modules', '__pycache__', 'site-packages'])
/** Stands in every virtual environment. */
const MARK_OF_ENVIRONMENT = 'pyvenv.cfg'

export interface SourceChanges {
  /** Paths that are new, other than before, or gone; never empty. */
  changed(paths: readonly string[]): void
  /** Not everything can be watched. Told once. */
  incomplete(reason: string): void
}

export class SourceWatch {
  readonly #roots: readonly string[]
  readonly #isSource: (name: string) => boolean
  readonly #tell: SourceChanges
  /** Of each directory, the files in it with what tells their versions apart. */
  readonly #known = new Map<string, ReadonlyMap<string, string>>()
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #touched = new Set<string>()
  /** One look follows the other: two at a time would each find the same change. */
  #looking: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #isEnded = false
  #isIncomplete = false

  constructor(roots: readonly string[], isSource: (name: string) => boolean, tell: SourceChanges) {
    this.#roots = roots
    this.#isSource = isSource
    this.#tell = tell
  }

  /** Resolves when changes are seen from now on. */
  begin(): Promise<void> {
    return (this.#looking = this.#looking.then(async () => {
      for (const root of this.#roots) await this.#enter(root)
    }))
  }

  end(): void {
    this.#isEnded = true
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  /** Watches a directory and all below it. Returns the sources that are there. */
  async #enter(directory: string): Promise<readonly string[]> {
    if (this.#isEnded || this.#known.has(directory)) return []
    if (this.#known.size >= MOST_DIRECTORIES) {
      this.#incomplete(`only the first ${MOST_DIRECTORIES} directories are watched`)
      return []
    }
    this.#known.set(directory, new Map())
    this.#watch(directory)
    return await this.#look(directory)
  }

  #watch(directory: string): void {
    const failed = (error: unknown): void =>
      this.#incomplete(
        `${directory} cannot be watched: ${error instanceof Error ? error.message : String(error)}`,
      )
    try {
      const watcher = watch(directory, { persistent: false }, () => this.#touch(directory))
      // It is told of its own end, too, which is seen when it is looked at.
      watcher.on('error', () => this.#touch(directory))
      this.#watchers.set(directory, watcher)
    } catch (error) {
      failed(error)
    }
  }

  #touch(directory: string): void {
    if (this.#isEnded) return
    this.#touched.add(directory)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#looking = this.#looking.then(() => this.#settle())
    }, SETTLED_MS)
  }

  async #settle(): Promise<void> {
    const directories = [...this.#touched]
    this.#touched.clear()
    const changes: string[] = []
    for (const directory of directories) changes.push(...(await this.#look(directory)))
    if (changes.length > 0 && !this.#isEnded) this.#tell.changed([...new Set(changes)])
  }

  /** Compares a directory with what is known of it. Returns what is new, changed or gone, in it and below what is new in it. */
  async #look(directory: string): Promise<readonly string[]> {
    const before = this.#known.get(directory)
    if (before === undefined) return []
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined)
    if (entries === undefined) return this.#leave(directory)
    const isEnvironment =
      !this.#roots.includes(directory) && entries.some(({ name }) => name === MARK_OF_ENVIRONMENT)
    if (isEnvironment) return this.#leave(directory)
    const files = entries.filter((entry) => !entry.isDirectory() && this.#isSource(entry.name))
    const now = new Map<string, string>()
    for (const { name } of files) {
      const path = join(directory, name)
      const version = await versionOf(path)
      if (version !== undefined) now.set(path, version)
    }
    this.#known.set(directory, now)
    const below: string[] = []
    for (const entry of entries)
      if (entry.isDirectory() && holdsSources(entry.name))
        below.push(...(await this.#enter(join(directory, entry.name))))
    const paths = new Set([...before.keys(), ...now.keys()])
    return [...[...paths].filter((path) => before.get(path) !== now.get(path)), ...below]
  }

  #leave(directory: string): readonly string[] {
    const gone = [...(this.#known.get(directory)?.keys() ?? [])]
    this.#known.delete(directory)
    this.#watchers.get(directory)?.close()
    this.#watchers.delete(directory)
    return gone
  }

  #incomplete(reason: string): void {
    if (!this.#isIncomplete) this.#tell.incomplete(reason)
    this.#isIncomplete = true
  }
}

const holdsSources = (name: string): boolean => !name.startsWith('.') && !NO_SOURCES.has(name)

/** Undefined where there is no such file. */
async function versionOf(path: string): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined)
  return status?.isFile() === true ? `${status.mtimeMs} ${status.size} ${status.ino}` : undefined
}
