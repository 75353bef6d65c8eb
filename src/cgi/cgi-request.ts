// A request as a web server hands it on by FastCGI, SCGI or uwsgi: CGI's variables (RFC 3875) as the environ of PEP 3333 has them. All three
// protocols carry the same ones; only this file says what they mean.

import { type Forwarded, forwardedOf } from '../http/forwarded.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { ViolationCode } from '../http/violation.ts'
import { OWN_VALUES } from '../wsgi/environ-origin.ts'
import { requestTarget } from '../wsgi/request-target.ts'
import { splitPath } from './path-rule.ts'
import { DROPPED_FIELDS, defaultPort, isLength, isSecure } from './variable-rules.ts'

/** What the meaning of variables depends on. */
export interface VariableSettings {
  readonly limits: HttpLimits
  /** Where the application is mounted, decoded, each byte a character; empty where the web server says it. */
  readonly scriptName: string
  readonly serverSoftware: string
  /** Whether a trusted proxy has this address; `''` asks for peers on a Unix socket. */
  readonly trusts: (address: string) => boolean
  /** Called with the name of each variable that is dropped because its sender may not say who the client is. */
  readonly onForwardedFieldRemoved: (name: string, remoteAddress: string) => void
}

const FIELD = 'HTTP_'
const FORWARDED = 'HTTP_FORWARDED'
const X_FORWARDED = 'HTTP_X_FORWARDED_'
// Visible characters but "=", which no environment could hold.
const NAME = /^[!-<>-~]+$/
const METHOD = /^[A-Z_-]+$/
/** What differs from one request of a client to the next. */
const VARYING = new Set([
  'CONTENT_TYPE',
  'DOCUMENT_URI',
  'PATH_TRANSLATED',
  'REMOTE_PORT',
  'SCRIPT_FILENAME',
  'UNIQUE_ID',
  'HTTP_IF_MODIFIED_SINCE',
  'HTTP_IF_NONE_MATCH',
  'HTTP_RANGE',
  'HTTP_REFERER',
  'HTTP_X_REQUEST_ID',
  'HTTP_X_REQUEST_START',
])
// "PROXY: " and a line end, which a field has besides its name and value, less "HTTP_".
const FIELD_LINE_EXTRA = ': '.length - FIELD.length

/** Strings of one character a byte. */
export class CgiRequest {
  readonly method: string
  readonly isHead: boolean
  /** The request target as sent, or made of the path where the web server does not say it. */
  readonly target: string
  /** -1 where it is not said. */
  readonly contentLength: number
  readonly protocol: string
  /** The client, as the web server and trusted proxies name it. */
  readonly remoteAddress: string
  /** What a trusted proxy says of when it took in the request; empty for nothing. */
  readonly requestStart: string
  /** Pairs of an environ block that the next request of the same client most likely has too. */
  readonly common: string
  /** The other strings, as an own environ block (protocol/link.md) without CONTENT_LENGTH. */
  readonly own: string
  /** Made when somebody asks for one. */
  #variables: ReadonlyMap<string, string> | undefined

  constructor(parts: Omit<CgiRequest, 'field'>) {
    this.method = parts.method
    this.isHead = parts.isHead
    this.target = parts.target
    this.contentLength = parts.contentLength
    this.protocol = parts.protocol
    this.remoteAddress = parts.remoteAddress
    this.requestStart = parts.requestStart
    this.common = parts.common
    this.own = parts.own
  }

  /** The value of a header field, whose name is in lower case. */
  field(name: string): string | undefined {
    const key = name.toUpperCase().replaceAll('-', '_')
    return this.#variable(`HTTP_${key}`) ?? (key === 'CONTENT_TYPE' ? this.#variable(key) : undefined)
  }

  #variable(key: string): string | undefined {
    this.#variables ??= variablesOf(this.own.split('\0').slice(OWN_VALUES), this.common.split('\0'))
    return this.#variables.get(key)
  }
}

function variablesOf(...blocks: readonly (readonly string[])[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  for (const strings of blocks)
    for (let i = 0; i + 1 < strings.length; i += 2) variables.set(strings[i]!, strings[i + 1]!)
  return variables
}

/** Reads the variables: names and values in turn; of those that stand twice the last one counts. Returns what is wrong with them. */
export function readVariables(
  pairs: readonly string[],
  settings: VariableSettings,
): CgiRequest | ViolationCode {
  return new VariableReader(settings).read(pairs)
}

class VariableReader {
  readonly #settings: VariableSettings
  #method = ''
  #scriptName: string | undefined
  #pathInfo: string | undefined
  #documentUri: string | undefined
  #requestUri: string | undefined
  #query: string | undefined
  #length = ''
  #https: string | undefined
  #scheme = ''
  #serverName = ''
  #serverPort = ''
  #protocol = ''
  #software = ''
  #remoteAddress: string | undefined
  #requestStart = ''
  #fields = 0
  #forwarded: Map<string, string> | undefined
  #common = ''
  #varying = ''

  constructor(settings: VariableSettings) {
    this.#settings = settings
  }

  read(pairs: readonly string[]): CgiRequest | ViolationCode {
    for (let i = 0; i < pairs.length; i += 2) {
      const violation = this.#take(pairs[i]!, pairs[i + 1]!)
      if (violation !== undefined) return violation
    }
    return this.#violation() ?? this.#request()
  }

  #take(name: string, value: string): ViolationCode | undefined {
    if (!NAME.test(name) || value.includes('\0')) return 'VARIABLE_MALFORMED'
    if (name.startsWith(FIELD)) return this.#takeField(name, value)
    if (this.#takeKnown(name, value)) return undefined
    // Objects of the server's own stand under such names.
    if (!name.startsWith('wsgi.') && !name.startsWith('gantry.')) this.#put(name, value)
    return undefined
  }

  #takeField(name: string, value: string): ViolationCode | undefined {
    const { maxHeaders, maxHeaderBytes } = this.#settings.limits
    if (++this.#fields > maxHeaders) return 'TOO_MANY_FIELDS'
    if (name.length + value.length + FIELD_LINE_EXTRA > maxHeaderBytes) return 'FIELD_TOO_LONG'
    if (DROPPED_FIELDS.has(name)) return undefined
    if (name === FORWARDED || name.startsWith(X_FORWARDED)) {
      this.#forwarded ??= new Map()
      this.#forwarded.set(name, value)
      return undefined
    }
    if (name === 'HTTP_X_REQUEST_START') this.#requestStart = value
    this.#put(name, value)
    return undefined
  }

  /** False for a variable that goes into the environ as it is. */
  #takeKnown(name: string, value: string): boolean {
    switch (name) {
      case 'REQUEST_METHOD':
        this.#method = value
        return true
      case 'SCRIPT_NAME':
        this.#scriptName = value
        return true
      case 'PATH_INFO':
        this.#pathInfo = value
        return true
      case 'REQUEST_URI':
        this.#requestUri = value
        return true
      case 'RAW_URI':
        return true
      case 'QUERY_STRING':
        this.#query = value
        return true
      case 'CONTENT_LENGTH':
        this.#length = value
        return true
      case 'HTTPS':
        this.#https = value
        return true
      case 'SERVER_NAME':
        this.#serverName = value
        return true
      case 'SERVER_PORT':
        this.#serverPort = value
        return true
      case 'SERVER_PROTOCOL':
        this.#protocol = value
        return true
      case 'SERVER_SOFTWARE':
        this.#software = value
        return true
      case 'REMOTE_ADDR':
        this.#remoteAddress = value
        return true
      case 'CONTENT_TYPE':
        // Empty, as many servers say that there is none.
        return value === ''
      case 'DOCUMENT_URI':
        this.#documentUri = value
        return false
      case 'UWSGI_SCHEME':
        this.#scheme = value
        return false
      default:
        return false
    }
  }

  #put(name: string, value: string): void {
    if (VARYING.has(name)) this.#varying += `${name}\0${value}\0`
    else this.#common += `${name}\0${value}\0`
  }

  #violation(): ViolationCode | undefined {
    const { maxBodyBytes, maxRequestLineBytes } = this.#settings.limits
    if (this.#method === '') return 'METHOD_MISSING'
    if (!METHOD.test(this.#method)) return 'METHOD_UNUSUAL'
    if (this.#length !== '' && !isLength(this.#length)) return 'CONTENT_LENGTH_MALFORMED'
    if (Number(this.#length) > maxBodyBytes) return 'BODY_TOO_LARGE'
    const lineBytes = this.#method.length + (this.#requestUri ?? '').length + this.#protocol.length + 2
    return lineBytes > maxRequestLineBytes ? 'REQUEST_LINE_TOO_LONG' : undefined
  }

  #request(): CgiRequest | ViolationCode {
    const { serverSoftware, scriptName: mount } = this.#settings
    const address = this.#address
    const isTrusted = address !== undefined && this.#settings.trusts(address)
    const forwarded = this.#readForwarded(isTrusted)
    if (typeof forwarded === 'string') return forwarded
    const { scriptName, path } = splitPath(
      {
        scriptName: this.#scriptName,
        pathInfo: this.#pathInfo,
        documentUri: this.#documentUri,
        requestUri: this.#requestUri,
      },
      mount,
    )
    const requestUri = this.#requestUri ?? ''
    const query = this.#query ?? queryOf(requestUri)
    const fullScriptName = (forwarded?.prefix ?? '') + scriptName
    const target =
      requestUri || requestTarget({ SCRIPT_NAME: fullScriptName, PATH_INFO: path, QUERY_STRING: query })
    const scheme = forwarded?.scheme ?? this.#scheme
    const isTls = scheme === '' ? isSecure(this.#https) : scheme === 'https'
    const serverPort = forwarded?.serverPort || this.#serverPort || defaultPort(isTls)
    const remoteAddress = forwarded?.client?.address ?? address ?? ''
    let common = `SERVER_NAME\0${this.#serverName || 'localhost'}\0SERVER_PORT\0${serverPort}\0`
    common += `SERVER_PROTOCOL\0${this.#protocol || 'HTTP/1.0'}\0SCRIPT_NAME\0${fullScriptName}\0`
    common += `SERVER_SOFTWARE\0${this.#software || serverSoftware}\0wsgi.url_scheme\0${isTls ? 'https' : 'http'}\0`
    if (isTls) common += 'HTTPS\0on\0'
    if (this.#remoteAddress !== undefined) common += `REMOTE_ADDR\0${remoteAddress}\0`
    common += this.#common
    if (forwarded?.host !== undefined) common += `HTTP_HOST\0${forwarded.host}\0`
    const port = forwarded?.client === undefined ? '' : `REMOTE_PORT\0${forwarded.client.port}\0`
    return new CgiRequest({
      method: this.#method,
      isHead: this.#method === 'HEAD',
      target,
      contentLength: this.#length === '' ? -1 : Number(this.#length),
      protocol: this.#protocol,
      remoteAddress,
      requestStart: isTrusted ? this.#requestStart : '',
      common,
      own: `${this.#method}\0${path}\0${query}\0${target}\0${this.#varying}${port}`,
    })
  }

  /** Empty on a Unix socket, which nginx calls `unix:`. */
  get #address(): string | undefined {
    return this.#remoteAddress === 'unix:' ? '' : this.#remoteAddress
  }

  /** What proxies in front of the web server say of the client, if the last of them is trusted. Otherwise nobody sees it. */
  #readForwarded(isTrusted: boolean): Forwarded | ViolationCode | undefined {
    if (this.#forwarded === undefined) return undefined
    if (!isTrusted) {
      const { onForwardedFieldRemoved } = this.#settings
      for (const name of this.#forwarded.keys()) onForwardedFieldRemoved(fieldName(name), this.#address ?? '')
      return undefined
    }
    const values = new Map<string, string>()
    for (const [name, value] of this.#forwarded) {
      values.set(fieldName(name).toLowerCase(), value)
      this.#put(name, value)
    }
    return forwardedOf(values, this.#settings.trusts)
  }
}

/** `HTTP_X_FORWARDED_FOR` as `X-FORWARDED-FOR`. */
const fieldName = (variable: string): string => variable.slice(FIELD.length).replaceAll('_', '-')

function queryOf(requestUri: string): string {
  const start = requestUri.indexOf('?')
  return start === -1 ? '' : requestUri.slice(start + 1)
}
