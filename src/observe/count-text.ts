// A number as people read it: 1,234,567. Not by `toLocaleString`, which reads 5 MB of tables into the memory of a process that has used it once.

const THOUSANDS = /\B(?=(\d{3})+$)/g

export const countText = (count: number): string => String(Math.round(count)).replace(THOUSANDS, ',')
