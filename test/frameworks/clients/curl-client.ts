// The program curl, one process for each request.

import { spawn } from 'node:child_process'
import type { Client, ClientAnswer, ClientRequest } from './client.ts'

const HEAD_END = Buffer.from('\r\n\r\n')
const COMMON = [
  '--silent',
  '--show-error',
  '--include',
  '--no-buffer',
  '--http1.1',
  '--noproxy',
  '*',
  '--max-time',
  '30',
]

export class CurlClient implements Client {
  readonly name = 'curl'

  async send(request: ClientRequest): Promise<ClientAnswer> {
    const child = spawn('curl', [...COMMON, ...argumentsFor(request)], { stdio: ['pipe', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    let complaint = ''
    child.stdout.on('data', (block: Buffer) => output.push(block))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    // An answer before the whole body was read makes curl close its end.
    child.stdin.on('error', () => undefined)
    child.stdin.end(request.body)
    const status = await new Promise((resolve) => child.once('close', resolve))
    if (status !== 0) throw new Error(`curl ended with ${String(status)}: ${complaint}`)
    return readAnswer(output)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Every process has ended with its request.
  }
}

function argumentsFor({ method, url, headers = {}, body, isChunked, file }: ClientRequest): string[] {
  const fields = Object.entries(headers)
  if (isChunked === true) fields.push(['Transfer-Encoding', 'chunked'])
  // Without a value curl leaves out the type that it would invent.
  const hasType = fields.some(([name]) => name.toLowerCase() === 'content-type')
  const withoutType = body !== undefined && !hasType ? ['--header', 'Content-Type:'] : []
  return [
    ...(method === 'HEAD' ? ['--head'] : ['--request', method]),
    ...fields.flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...withoutType,
    ...(body === undefined ? [] : ['--data-binary', '@-']),
    ...(file === undefined ? [] : ['--form', `${file.field}=@${file.path};filename="${file.name}"`]),
    url,
  ]
}

function readAnswer(output: readonly Buffer[]): ClientAnswer {
  const blocks = [...output]
  for (;;) {
    const head = takeHead(blocks)
    const [statusLine = '', ...lines] = head.split('\r\n')
    const status = Number(statusLine.split(' ')[1])
    // What came before the answer: 100 Continue.
    if (status < 200) continue
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    })
    return { status, headers, blocks: blocks.filter((block) => block.length > 0) }
  }
}

/** Takes the head off the front of the blocks; what is left of its last block stays. */
function takeHead(blocks: Buffer[]): string {
  let head = Buffer.alloc(0)
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    head = Buffer.concat([head, block])
    const end = head.indexOf(HEAD_END)
    if (end === -1) continue
    blocks.unshift(head.subarray(end + HEAD_END.length))
    return head.toString('latin1', 0, end)
  }
  throw new Error(`curl printed no whole head: ${head.toString('latin1')}`)
}
