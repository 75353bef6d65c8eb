// Which media type a file is sent as, by the extension of its name (docs/decisions/0025-static-files.md).

const UNKNOWN = 'application/octet-stream'

/** By type, as they are registered with IANA or, where that has none, as web servers name them. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/html': 'html htm shtml',
  'text/css': 'css',
  // RFC 9239 made application/javascript obsolete.
  'text/javascript': 'js mjs cjs',
  'text/plain': 'txt text log conf ini',
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'text/markdown': 'md markdown',
  'text/calendar': 'ics',
  'text/vcard': 'vcf',
  'text/vtt': 'vtt',
  'text/xml': 'xml',
  'text/x-component': 'htc',
  'application/json': 'json map',
  'application/ld+json': 'jsonld',
  'application/geo+json': 'geojson',
  'application/manifest+json': 'webmanifest',
  'application/yaml': 'yaml yml',
  'application/toml': 'toml',
  'application/xhtml+xml': 'xhtml',
  'application/atom+xml': 'atom',
  'application/rss+xml': 'rss',
  'application/xslt+xml': 'xsl xslt',
  'application/wasm': 'wasm',
  'application/pdf': 'pdf',
  'application/rtf': 'rtf',
  'application/postscript': 'ps eps ai',
  'application/epub+zip': 'epub',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/vnd.oasis.opendocument.graphics': 'odg',
  'application/vnd.google-earth.kml+xml': 'kml',
  'application/vnd.google-earth.kmz': 'kmz',
  'application/vnd.apple.mpegurl': 'm3u8',
  'application/dash+xml': 'mpd',
  'application/vnd.android.package-archive': 'apk',
  'application/java-archive': 'jar war ear',
  'application/zip': 'zip',
  'application/gzip': 'gz tgz',
  'application/zstd': 'zst',
  'application/x-bzip2': 'bz2',
  'application/x-xz': 'xz',
  'application/x-tar': 'tar',
  'application/x-7z-compressed': '7z',
  'application/vnd.rar': 'rar',
  'application/x-x509-ca-cert': 'crt der pem',
  'font/woff2': 'woff2',
  'font/woff': 'woff',
  'font/ttf': 'ttf',
  'font/otf': 'otf',
  'font/collection': 'ttc',
  'application/vnd.ms-fontobject': 'eot',
  'image/svg+xml': 'svg svgz',
  'image/png': 'png',
  'image/apng': 'apng',
  'image/jpeg': 'jpg jpeg jfif',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/jxl': 'jxl',
  'image/heic': 'heic',
  'image/heif': 'heif',
  'image/tiff': 'tif tiff',
  'image/bmp': 'bmp',
  // Registered as image/vnd.microsoft.icon, which nobody sends.
  'image/x-icon': 'ico cur',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/ogg': 'ogg oga opus',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/midi': 'mid midi',
  'audio/webm': 'weba',
  'video/mp4': 'mp4 m4v',
  'video/webm': 'webm',
  'video/ogg': 'ogv',
  'video/mpeg': 'mpeg mpg',
  'video/quicktime': 'mov',
  'video/mp2t': 'ts m2ts',
  'video/x-msvideo': 'avi',
  'video/x-matroska': 'mkv',
  'model/gltf-binary': 'glb',
  'model/gltf+json': 'gltf',
  'model/obj': 'obj',
  'model/stl': 'stl',
}

const TYPES = new Map(
  Object.entries(EXTENSIONS).flatMap(([type, extensions]) =>
    extensions.split(' ').map((extension) => [extension, type] as const),
  ),
)

/** The Content-Type of a file, by its name or path. Text is UTF-8, but for XML, which says by itself what it is. */
export function mediaTypeOf(fileName: string): string {
  const extension = /\.([^./]+)$/.exec(fileName)?.[1] ?? ''
  const type = TYPES.get(extension.toLowerCase()) ?? UNKNOWN
  return type.startsWith('text/') && type !== 'text/xml' ? `${type}; charset=utf-8` : type
}

// What text does not get much smaller any more; an SVG and an old bitmap do.
const COMPRESSED = /^(?:image\/(?!svg|bmp|x-icon)|audio\/|video\/|font\/woff|application\/(?:zip|gzip|zstd)$)/

/** Whether content of the type is compressed by itself, so that nobody lays a compressed copy beside it. */
export const isCompressedType = (type: string): boolean => COMPRESSED.test(type)
