// The codec of some checkout, and the time that it takes. Two builds are two modules, each optimised for itself.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { HttpLimits } from '../../../src/http/limits.ts'
import type { RequestParser } from '../../../src/http/request-parser.ts'
import type { CodecLoad } from './codec-load.ts'
import { DEFAULT_LIMITS } from '../../../test/harness/default-limits.ts'

interface CodecModule {
  readonly RequestParser: new (limits: HttpLimits) => RequestParser
}

export class CodecBuild {
  readonly #parser: RequestParser

  private constructor({ RequestParser }: CodecModule) {
    this.#parser = new RequestParser(DEFAULT_LIMITS)
  }

  static async load(checkout: string): Promise<CodecBuild> {
    const file = join(checkout, 'src', 'http', 'request-parser.ts')
    return new CodecBuild((await import(pathToFileURL(file).href)) as CodecModule)
  }

  /** What reading the load once gives: a codec that refuses it would be fast for nothing. */
  eventsOf({ bytes }: CodecLoad): readonly string[] {
    const events: string[] = []
    this.#parser.receive(bytes)
    for (let event = this.#parser.next(); event !== 'need-data'; event = this.#parser.next()) {
      events.push(event)
      if (event === 'violation') break
    }
    this.#parser.release()
    return events
  }

  /** Nanoseconds for one request, over `requests` of them on one connection. */
  measureNs({ bytes }: CodecLoad, requests: number): number {
    const parser = this.#parser
    const startedAt = process.hrtime.bigint()
    for (let left = requests; left > 0; left--) {
      parser.receive(bytes)
      while (parser.next() !== 'need-data');
      parser.release()
    }
    return Number(process.hrtime.bigint() - startedAt) / requests
  }
}
