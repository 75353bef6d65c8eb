// What is too large for memory, on disk: request bodies until they are read, and answers until slow clients have taken them.

import { constants } from 'node:os'
import { GantryError } from '../errors.ts'
import { MemoryBudget } from './memory-budget.ts'
import { SpoolFile } from './spool-file.ts'
import { SpoolQuota } from './spool-quota.ts'
import type { SpoolUse } from './spool-quota.ts'
import { storageIn } from './spool-storage.ts'
import type { SpoolStorage } from './spool-storage.ts'

// By number: Node has no name for the second one in its errors.
const FULL_DISK = new Set([-constants.errno.ENOSPC, -constants.errno.EDQUOT])

/** The part of a directory that one front spools to. */
export class SpoolDirectory {
  /** For what does not go to the disk. */
  readonly memory: MemoryBudget
  readonly #parent: string
  readonly #storage: SpoolStorage
  readonly #quota: SpoolQuota

  /** Throws what the file system says when nothing can be written to `parent`. */
  constructor(
    parent: string,
    maxBytes: number,
    storage: SpoolStorage = storageIn(parent),
    memory = new MemoryBudget(0),
  ) {
    this.#parent = parent
    this.memory = memory
    this.#storage = storage
    this.#quota = new SpoolQuota(maxBytes)
  }

  /** What a front that is killed leaves behind, and somebody else must remove. */
  get privateDirectories(): readonly string[] {
    return this.#storage.directory === undefined ? [] : [this.#storage.directory]
  }

  /** How much lies in it now. */
  get heldBytes(): number {
    return this.#quota.heldBytes
  }

  /** A new file. It is made when something is written to it. */
  createFile(use: SpoolUse): SpoolFile {
    return new SpoolFile(this.#storage, this.#quota, use)
  }

  /** What `cause`, an error of a file, means to clients and operators. */
  errorFrom(cause: Error): GantryError {
    const directory = this.#parent
    const { errno } = cause as NodeJS.ErrnoException
    return errno !== undefined && FULL_DISK.has(errno)
      ? new GantryError('GANTRY_SPOOL_FULL', { directory }, { cause })
      : new GantryError('GANTRY_SPOOL_FAILED', { directory, reason: cause.message }, { cause })
  }

  /** The error of a body that a file had no room for in the quota. */
  quotaError(): GantryError {
    return new GantryError('GANTRY_SPOOL_QUOTA', {
      directory: this.#parent,
      maxBytes: this.#quota.maxBytes,
    })
  }

  /** Removes what is left. */
  remove(): void {
    this.#storage.removeAll()
  }
}
