// A client that behaves like somebody at a browser: keeps cookies, sends back the hidden fields of forms.

import { expect } from 'vitest'
import { headersOf, textOf } from './clients/client.ts'
import type { Client, ClientAnswer, ClientRequest } from './clients/client.ts'

type VisitorRequest = Omit<ClientRequest, 'method' | 'url'>

export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #client: Client
  readonly #root: string

  constructor(client: Client, root: string) {
    this.#client = client
    this.#root = root
  }

  /** `path` begins at the mount point, here and below. */
  url(path: string): string {
    return this.#root + path
  }

  async get(path: string, request?: VisitorRequest): Promise<ClientAnswer> {
    return await this.send('GET', path, request)
  }

  async head(path: string, request?: VisitorRequest): Promise<ClientAnswer> {
    return await this.send('HEAD', path, request)
  }

  async post(path: string, request?: VisitorRequest): Promise<ClientAnswer> {
    return await this.send('POST', path, request)
  }

  async send(method: string, path: string, request: VisitorRequest = {}): Promise<ClientAnswer> {
    const headers: Record<string, string> = { ...request.headers }
    if (this.cookies.size > 0) {
      headers['Cookie'] = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    }
    const answer = await this.#client.send({ ...request, headers, method, url: this.url(path) })
    for (const setCookie of headersOf(answer, 'set-cookie')) this.#keep(setCookie)
    return answer
  }

  /** Opens the page at `page`, fills in its form, and sends it to `path`. */
  async fillIn(page: string, fields: Readonly<Record<string, string>>, path = page): Promise<ClientAnswer> {
    const shown = await this.get(page)
    expect(shown.status).toBe(200)
    return await this.postFields(path, { ...hiddenFields(textOf(shown)), ...fields })
  }

  async postFields(path: string, fields: Readonly<Record<string, string>>): Promise<ClientAnswer> {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    return await this.post(path, { headers, body: Buffer.from(new URLSearchParams(fields).toString()) })
  }

  #keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';')
    const name = pair.slice(0, pair.indexOf('=')).trim()
    const isGone = attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute))
    if (isGone) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(pair.indexOf('=') + 1).trim())
  }
}

/** The names and values that a form sends without being asked. */
export function hiddenFields(html: string): Record<string, string> {
  const inputs = html.match(/<input[^>]*type="?hidden"?[^>]*>/g) ?? []
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const name = attributeOf(input, 'name')
      return name === undefined ? [] : [[name, attributeOf(input, 'value') ?? '']]
    }),
  )
}

/** Where the page's links, forms, style sheets and scripts lead. */
export function linksOf(html: string): string[] {
  const found = html.matchAll(/\s(?:href|src|action)="([^"]*)"/g)
  return [...found].map((match) => unescapeHtml(match[1]!)).filter((link) => !link.startsWith('data:'))
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : unescapeHtml(value)
}

function unescapeHtml(text: string): string {
  const characters: Readonly<Record<string, string>> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#x27;': "'",
    '&#34;': '"',
  }
  return text.replace(/&(?:amp|lt|gt|quot|#39|#x27|#34);/g, (entity) => characters[entity] ?? entity)
}
