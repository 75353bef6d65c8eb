// Files of applications in this process, which the gateway sends from a descriptor of its own.

import { close as closeDescriptor, readSync, unlinkSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openWrapped } from '../../src/applications/wrapped-file.ts'
import type { OpenFile } from '../../src/wsgi/application-run.ts'
import type { FileBody } from '../../src/wsgi/exchange.ts'
import { type Application, type FileHandleLike, FileWrapper, type Header } from '../../src/wsgi/index.ts'
import { openFilesIn } from '../harness/open-files.ts'
import { numberedBytes } from '../harness/spools.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'
import { serve, ServedExchange } from './served-exchange.ts'

const CONTENT = numberedBytes(300_000)
const DEADLINE_MS = 5_000

let directory: TemporaryDirectory
let handle: FileHandle
beforeEach(async () => {
  directory = new TemporaryDirectory()
  writeFileSync(directory.join('file'), CONTENT)
  handle = await open(directory.join('file'))
})
afterEach(async () => {
  await handle.close()
  directory[Symbol.dispose]()
})

const untilOpen = (count: number): Promise<void> =>
  until(
    () => openFilesIn(directory.path).length === count,
    DEADLINE_MS,
    () => `${openFilesIn(directory.path).length} files are open`,
  )

function contentOf({ descriptor, offset, size }: FileBody): Buffer {
  const bytes = Buffer.alloc(size)
  expect(readSync(descriptor, bytes, 0, size, offset)).toBe(size)
  return bytes
}

const opened = async (wrapper: FileWrapper, contentLength = -1): Promise<OpenFile | undefined> =>
  await openWrapped(wrapper, contentLength)

describe.runIf(process.platform === 'linux')('a wrapped file', () => {
  test('is opened once more, from where it stands', async () => {
    await handle.read(Buffer.alloc(1000), 0, 1000, null)
    const file = await opened(new FileWrapper(handle))
    expect(contentOf(file!).equals(CONTENT.subarray(1000))).toBe(true)
    file!.close()
    await untilOpen(1)
  })

  test('is the same file when it has lost its name', async () => {
    unlinkSync(directory.join('file'))
    const file = await opened(new FileWrapper(handle))
    expect(contentOf(file!).equals(CONTENT)).toBe(true)
    file!.close()
  })

  test.each<[string, (handle: FileHandle) => FileWrapper, number]>([
    ['is short, as its Content-Length says', (file) => new FileWrapper(file), 131_071],
    ['reads otherwise than the file does', (file) => new FileWrapper(readingOtherwise(file)), -1],
    ['is wrapped in a way of its own', (file) => new OwnWrapper(file), -1],
  ])('is left to be read where it %s', async (_, wrap, contentLength) => {
    expect(await opened(wrap(handle), contentLength)).toBeUndefined()
  })

  test('is left to be read where little is left of it', async () => {
    await handle.read(Buffer.alloc(200_000), 0, 200_000, null)
    expect(await opened(new FileWrapper(handle))).toBeUndefined()
  })

  test('is left to be read where it is no file', async () => {
    const device = await open('/dev/zero')
    expect(await opened(new FileWrapper(device))).toBeUndefined()
    await device.close()
  })

  test('is not taken for another that got its number', async () => {
    const opening = opened(new FileWrapper(handle))
    await handle.close()
    expect(await opening).toBeUndefined()
    await untilOpen(0)
  })
})

class OwnWrapper extends FileWrapper {
  override [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return Readable.from([Buffer.from('something else')])[Symbol.asyncIterator]()
  }
}

/** What an application may have made of an open file. */
function readingOtherwise(file: FileHandle): FileHandleLike {
  return {
    fd: file.fd,
    read: (buffer, offset, length) => Promise.resolve({ bytesRead: buffer.fill(0, offset, length).length }),
    close: () => file.close(),
  }
}

/** A gateway that notes which file it was given, and has it sent at once. */
class SendingExchange extends ServedExchange {
  sent: Buffer | undefined

  override sendFile(file: FileBody): void {
    super.sendFile(file)
    this.sent = contentOf(file)
    closeDescriptor(file.descriptor)
  }
}

describe.runIf(process.platform === 'linux')('an answer that is a wrapped file', () => {
  const answering =
    (headers: Header[]): Application =>
    (environ, startResponse) => {
      startResponse('200 OK', headers)
      return environ['wsgi.file_wrapper']!(handle)
    }

  const untilEnded = ({ events }: ServedExchange): Promise<void> =>
    until(
      () => ['end', 'abort'].includes(events.at(-1)!),
      DEADLINE_MS,
      () => events.join(),
    )

  test('is sent by the gateway, and closed on both sides', async () => {
    const exchange = new SendingExchange()
    serve(answering([]), exchange)
    await untilEnded(exchange)
    expect(exchange.events).toEqual(['begin', 'file', 'end'])
    expect(exchange.sent?.equals(CONTENT)).toBe(true)
    await untilOpen(0)
  })

  test('is cut where it is shorter than its Content-Length', async () => {
    const { exchange, log } = serve(answering([['Content-Length', '300001']]), new SendingExchange())
    await untilEnded(exchange)
    expect(exchange.events).toEqual(['begin', 'file', 'abort'])
    expect(String(log[0])).toContain('1 bytes fewer than its Content-Length')
    await untilOpen(0)
  })

  test('is closed when the client leaves while it is being opened', async () => {
    const { exchange } = serve(answering([]), new SendingExchange())
    exchange.leave()
    await untilOpen(0)
    expect(exchange.events).toEqual([])
  })
})
