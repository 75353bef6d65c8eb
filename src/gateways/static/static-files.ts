// Files of directories, answered by the front itself: no queue, no middleware, no worker is asked (docs/guide/static-files.md).

import { GantryError } from '../../errors.ts'
import { errorPage } from '../../http/error-page.ts'
import type { Exchange } from '../../wsgi/exchange.ts'
import { isUnder } from '../../wsgi/path-prefix.ts'
import type { PathSpan } from '../health.ts'
import { FileCache } from './file-cache.ts'
import { fileNameOf } from './file-name.ts'
import { closeDescriptor, isSameContent, openAgain } from './open-file.ts'
import type { ContentRequest, ContentVerdict, Representation, Verdict } from './representation.ts'
import type { FilePlace, StaticFile } from './static-file.ts'

/** Files that lie under a path. */
export interface StaticPlace {
  /** As request targets have it; empty for every path. */
  readonly path: string
  /** The directory, or the one file of this path. */
  readonly files: string
  /** The value of Cache-Control. */
  readonly cacheControl: string
  /** Other header fields of its answers. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

/** The header fields of a request: the value of one, whose name is in lower case. */
export interface RequestFields {
  field(name: string): string | undefined
}

export interface StaticReports {
  /** A file is there, and cannot be read. */
  staticFileFailed(exchange: Exchange, error: GantryError): void
}

interface Place extends FilePlace {
  readonly prefix: Buffer
  /** What keys of its files begin with: "/a" and "/b/c" must not be "/a/b" and "/c". */
  readonly keyStart: string
}

interface FileRequest extends ContentRequest {
  readonly acceptEncoding: string | undefined
}

/** One request, and the file that it asks for. */
interface Asked {
  readonly exchange: Exchange
  readonly request: FileRequest
  readonly place: Place
  readonly name: string
  readonly key: string
}

const EMPTY = Buffer.alloc(0)
const ALLOW = ['Allow', 'GET, HEAD'] as const
// More is not copied beside its head, but sent from where it is kept.
const LARGEST_COPIED_BYTES = 32_768
// A file that is replaced again and again may be gone each time it is to be opened.
const MOST_TRIES = 3

export class StaticFiles {
  readonly cache: FileCache
  readonly #places: readonly Place[]

  /** Of several places for a path the longest counts. */
  constructor(places: readonly StaticPlace[], cache = new FileCache()) {
    this.cache = cache
    this.#places = places
      .map(({ path, files, cacheControl, headers }) => ({
        prefix: Buffer.from(path, 'latin1'),
        keyStart: `${path}\0`,
        root: files,
        cacheControl,
        added: headers.map(({ name, value }) => [name, value] as const),
      }))
      .sort((one, other) => other.prefix.length - one.prefix.length)
  }

  /** Answers a request for one of the paths; false: it is for somebody else. */
  answers(path: PathSpan, exchange: Exchange, fields: RequestFields, reports: StaticReports): boolean {
    const { bytes, pathStart, pathEnd } = path
    const place = this.#places.find(({ prefix }) => isUnder(prefix, bytes, pathStart, pathEnd))
    if (place === undefined) return false
    const { method } = exchange
    if (method !== 'GET' && method !== 'HEAD') {
      sendPage(exchange, errorPage(405, undefined, [ALLOW]))
      return true
    }
    const name = fileNameOf(bytes.toString('latin1', pathStart + place.prefix.length, pathEnd))
    if (name === undefined) sendPage(exchange, errorPage(404))
    else
      this.#answer(
        { exchange, request: requestOf(method, fields), place, name, key: place.keyStart + name },
        reports,
      )
    return true
  }

  #answer(asked: Asked, reports: StaticReports): void {
    const file = this.cache.fresh(asked.key, asked.place, asked.name)
    if (file !== undefined && sendAtOnce(asked, file)) return
    this.#look(asked, file).catch((error: unknown) => {
      const failure = new GantryError(
        'GANTRY_STATIC_FILE_FAILED',
        {
          path: asked.place.root + asked.name,
          reason: error instanceof Error ? error.message : String(error),
        },
        { cause: error },
      )
      reports.staticFileFailed(asked.exchange, failure)
      asked.exchange.fail(500, failure.code)
    })
  }

  /** With what has to be asked of the file system. */
  async #look(asked: Asked, known: StaticFile | undefined): Promise<void> {
    const { exchange, key, place, name } = asked
    let file = known
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      file ??= await this.cache.look(key, place, name)
      if (file === undefined) break
      if (sendAtOnce(asked, file) || (await sendOpened(asked, file))) return
      // What was found is not there any more: something else may be in its place.
      this.cache.forget(key)
      file = undefined
    }
    sendPage(exchange, errorPage(404))
  }
}

function requestOf(method: string, fields: RequestFields): FileRequest {
  return {
    method,
    acceptEncoding: fields.field('accept-encoding'),
    range: fields.field('range'),
    ifRange: fields.field('if-range'),
    ifMatch: fields.field('if-match'),
    ifNoneMatch: fields.field('if-none-match'),
    ifModifiedSince: fields.field('if-modified-since'),
    ifUnmodifiedSince: fields.field('if-unmodified-since'),
  }
}

/** False: the bytes of the file are wanted, and have to be read. */
function sendAtOnce({ exchange, request }: Asked, file: StaticFile): boolean {
  const representation = file.choose(request.acceptEncoding)
  const verdict = representation.judge(request)
  if (needsFile(verdict, request, representation)) return false
  send(exchange, request, verdict, representation.content)
  return true
}

const needsFile = (verdict: Verdict, { method }: FileRequest, { content }: Representation): boolean =>
  verdict.kind === 'content' && content === undefined && method === 'GET' && verdict.end > verdict.start

function send(
  exchange: Exchange,
  { method }: FileRequest,
  verdict: Verdict,
  content: Buffer | undefined,
): void {
  if (verdict.kind === 'page') sendPage(exchange, verdict)
  else if (method === 'HEAD' || content === undefined) exchange.answer(verdict.head, EMPTY, 0, 0)
  else sendContent(exchange, verdict, content)
}

function sendContent(exchange: Exchange, { head, start, end }: ContentVerdict, content: Buffer): void {
  if (end - start <= LARGEST_COPIED_BYTES) {
    exchange.answer(head, content, start, end)
    return
  }
  exchange.begin(head)
  exchange.write(content.subarray(start, end))
  exchange.end()
}

/** False: it is not there any more. What is open keeps its content, but for who writes into it: that is what its head speaks of. */
async function sendOpened({ exchange, request }: Asked, file: StaticFile): Promise<boolean> {
  const known = file.choose(request.acceptEncoding)
  const opened = await openAgain(known.path)
  if (opened === undefined) return false
  const current = isSameContent(opened.facts, known.facts) ? known : known.ofContent(opened, Date.now())
  const verdict = current.judge(request)
  if (verdict.kind === 'content' && verdict.end > verdict.start) {
    exchange.begin(verdict.head)
    exchange.sendFile({
      descriptor: opened.descriptor,
      offset: verdict.start,
      size: verdict.end - verdict.start,
    })
    exchange.end()
  } else {
    closeDescriptor(opened.descriptor)
    send(exchange, request, verdict, undefined)
  }
  return true
}

function sendPage(
  exchange: Exchange,
  { head, body }: Pick<ReturnType<typeof errorPage>, 'head' | 'body'>,
): void {
  exchange.answer(head, body, 0, body.length)
}
