/** A response header: name and value, as Python's tuple. */
export type Header = [name: string, value: string]
