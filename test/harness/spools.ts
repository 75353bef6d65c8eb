// Spools in directories of their own, one for each way in which their files can be kept.

import { readFileSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { MemoryBudget } from '../../src/spool/memory-budget.ts'
import { SpoolDirectory } from '../../src/spool/spool.ts'
import { NamedFiles, UnnamedFiles } from '../../src/spool/spool-storage.ts'
import type { SpoolStorage } from '../../src/spool/spool-storage.ts'
import { openFilesIn } from './open-files.ts'
import { TemporaryDirectory } from './temporary-directory.ts'
import { until } from './until.ts'

export const DEADLINE_MS = 10_000
const MUCH = 2 ** 40

export type StorageKind = 'named' | 'unnamed'

const isUnnamedPossible = (): boolean => {
  using directory = new TemporaryDirectory()
  return UnnamedFiles.tryIn(directory.path) !== undefined
}

/** The kinds that this system has. */
export const STORAGE_KINDS: readonly StorageKind[] = isUnnamedPossible() ? ['unnamed', 'named'] : ['named']

function storageOf(kind: StorageKind, parent: string): SpoolStorage {
  if (kind === 'named') return new NamedFiles(parent)
  const storage = UnnamedFiles.tryIn(parent)
  if (storage === undefined) throw new Error(`files without names cannot be had in ${parent}`)
  return storage
}

export class TestSpool implements Disposable {
  readonly directory: SpoolDirectory
  readonly #parent = new TemporaryDirectory()

  /** `memoryBytes` of bodies may be in memory. */
  constructor(kind: StorageKind, maxBytes = MUCH, memoryBytes = 0) {
    const { path } = this.#parent
    const memory = new MemoryBudget(memoryBytes)
    this.directory = new SpoolDirectory(path, maxBytes, storageOf(kind, path), memory)
  }

  get path(): string {
    return this.#parent.path
  }

  /** Every file that there is, below the directory or only as an open descriptor. */
  files(): string[] {
    const named = readdirSync(this.path, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    const opened = process.platform === 'linux' ? openFilesIn(this.path) : []
    return [...named.map((entry) => entry.name), ...opened]
  }

  /** What lies in its named files. */
  get writtenBytes(): number {
    return this.#namedFiles().reduce((sum, path) => sum + statSync(path).size, 0)
  }

  /** Takes away what was written to its named files. */
  damage(): void {
    for (const path of this.#namedFiles()) truncateSync(path)
  }

  #namedFiles(): string[] {
    return readdirSync(this.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  }

  /** Waits until nothing is left of any file, neither on disk nor in the quota. */
  async untilUnused(): Promise<void> {
    await until(
      () => this.files().length === 0 && this.directory.heldBytes === 0,
      DEADLINE_MS,
      () => `left: ${this.files().join()}, ${this.directory.heldBytes} bytes in the quota`,
    )
  }

  [Symbol.dispose](): void {
    this.directory.remove()
    this.#parent[Symbol.dispose]()
  }
}

/** What a worker that is told `place` reads. */
export const readPlace = (place: string): Buffer => readFileSync(place.split('\0', 1)[0]!)

/** Bytes that tell their place, so that a piece in the wrong order shows. */
export const numberedBytes = (count: number): Buffer =>
  Buffer.from(Uint32Array.from({ length: Math.ceil(count / 4) }, (_, i) => i).buffer).subarray(0, count)
