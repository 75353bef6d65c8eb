// A file as it was when it was last looked at, with the compressed copies that lie beside it.

import { read } from 'node:fs'
import { promisify } from 'node:util'
import { codingChooser } from '../../http/accept-encoding.ts'
import { isCompressedType, mediaTypeOf } from '../../http/media-type.ts'
import {
  closeDescriptor,
  type FileFacts,
  isSameContent,
  lookAt,
  type OpenFile,
  openBelow,
} from './open-file.ts'
import { type Coding, Representation } from './representation.ts'

// Larger ones are read when they are sent, a block at a time: that costs ten times as much a file, but a few of them would leave no room for
// all others.
const LARGEST_KEPT_BYTES = 524_288
/** The names that tools give to compressed copies. */
const EXTENSIONS = { br: '.br', zstd: '.zst', gzip: '.gz' } as const satisfies Record<Coding, string>
const CODINGS = Object.keys(EXTENSIONS) as readonly Coding[]
// A clock that counts so coarsely may give two contents the same time; so do file systems of old.
const UNSURE_MS = 2_000
// Heads, names, and what objects take.
const OVERHEAD_BYTES = 2_048

const readFile = promisify(read)

/** Where a file is looked for. */
export interface FilePlace {
  readonly root: string
  readonly cacheControl: string
  readonly added: readonly (readonly [name: string, value: string])[]
}

/** What was seen at a path. */
interface Sight {
  readonly path: string
  readonly facts: FileFacts | undefined
}

export class StaticFile {
  /** What it takes of memory, about. */
  readonly bytes: number
  readonly #plain: Representation
  readonly #copies: readonly Representation[]
  readonly #chooseCoding: Chooser
  readonly #sights: readonly Sight[]
  /** It was changed so shortly before that another change might not show. */
  readonly #isUnsure: boolean

  private constructor(
    plain: Representation,
    copies: readonly Representation[],
    sights: readonly Sight[],
    nowMs: number,
  ) {
    this.#plain = plain
    this.#copies = copies
    this.#chooseCoding = chooserOf(copies.flatMap(({ coding }) => coding ?? []))
    this.#sights = sights
    this.#isUnsure = sights.some(
      ({ facts }) => facts !== undefined && nowMs - lastChangeMs(facts) < UNSURE_MS,
    )
    this.bytes = [plain, ...copies].reduce(
      (sum, { content }) => sum + OVERHEAD_BYTES + (content?.length ?? 0),
      0,
    )
  }

  /** Undefined where there is no such file; rejects where it cannot be read. */
  static async load(place: FilePlace, name: string, nowMs: number): Promise<StaticFile | undefined> {
    const plain = await openBelow(place.root, name)
    if (plain === undefined) return undefined
    // By the name that was asked for: where a link leads is nobody's business.
    const type = mediaTypeOf(place.root + name)
    const found = await Promise.all(
      isCompressedType(type) ? [] : CODINGS.map((coding) => openCopy(place, name, coding)),
    )
    const copies = found.flatMap(({ coding, file }) =>
      file !== undefined && isCopyOf(plain.facts, file.facts) ? [{ coding, file }] : [],
    )
    const sights = [
      { path: place.root + name, facts: plain.facts },
      ...found.map(({ path, file }) => ({ path, facts: file?.facts })),
    ]
    try {
      const represent = async (file: OpenFile, coding: Coding | undefined): Promise<Representation> => {
        const { cacheControl, added } = place
        const fields = { type, coding, varies: copies.length > 0, cacheControl, added }
        return new Representation(file, await contentOf(file), fields, nowMs)
      }
      const all = await Promise.all(copies.map(({ coding, file }) => represent(file, coding)))
      // Of those that a client likes alike the smallest is offered first.
      const bySize = all.sort((one, other) => one.facts.size - other.facts.size)
      return new StaticFile(await represent(plain, undefined), bySize, sights, nowMs)
    } finally {
      for (const { file } of [{ file: plain }, ...found])
        if (file !== undefined) closeDescriptor(file.descriptor)
    }
  }

  /** What is sent to a client that says this in Accept-Encoding. */
  choose(acceptEncoding: string | undefined): Representation {
    if (this.#copies.length === 0 || acceptEncoding === undefined) return this.#plain
    const { coding } = this.#chooseCoding(acceptEncoding)
    return this.#copies.find((copy) => copy.coding === coding) ?? this.#plain
  }

  /** Whether it is still what lies there, as far as that can be told without reading it; if wanted, whether there are more copies now. */
  async isUnchanged(looksForCopies: boolean): Promise<boolean> {
    if (this.#isUnsure) return false
    const sights = this.#sights.filter(({ facts }) => looksForCopies || facts !== undefined)
    const looks = await Promise.all(sights.map(({ path }) => lookAt(path)))
    return sights.every(({ facts }, index) => isSameSight(facts, looks[index]))
  }
}

type Chooser = ReturnType<typeof codingChooser<Coding>>

// There are no more than fifteen ways to order some of three.
const choosers = new Map<string, Chooser>()

function chooserOf(codings: readonly Coding[]): Chooser {
  const key = codings.join()
  const chooser = choosers.get(key) ?? codingChooser(codings)
  choosers.set(key, chooser)
  return chooser
}

interface FoundCopy {
  readonly coding: Coding
  readonly path: string
  readonly file: OpenFile | undefined
}

/** One that cannot be opened is none: the file itself still can be sent. */
async function openCopy({ root }: FilePlace, name: string, coding: Coding): Promise<FoundCopy> {
  const extension = EXTENSIONS[coding]
  const file = await openBelow(root, name + extension).catch(() => undefined)
  return { coding, path: root + name + extension, file }
}

/**
 * A copy that is older was made of what the file was before. By whole seconds: tools that keep the time of the original keep no more of it
 * everywhere.
 */
function isCopyOf(original: FileFacts, copy: FileFacts): boolean {
  const second = ({ modifiedMs }: FileFacts): number => Math.floor(modifiedMs / 1_000)
  return copy.size < original.size && second(copy) >= second(original)
}

/** Undefined where it is too large, or has become shorter since it was opened. */
async function contentOf({ descriptor, facts: { size } }: OpenFile): Promise<Buffer | undefined> {
  if (size > LARGEST_KEPT_BYTES) return undefined
  const content = Buffer.allocUnsafeSlow(size)
  const { bytesRead } = await readFile(descriptor, content, 0, size, 0)
  return bytesRead === size ? content : undefined
}

function isSameSight(before: FileFacts | undefined, now: FileFacts | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  return isSameContent(before, now)
}

const lastChangeMs = ({ modifiedMs, changedNs }: FileFacts): number =>
  Math.max(modifiedMs, Number(changedNs / 1_000_000n))
