/** Keys and values of tokens that went through the model, in the layouts that attention multiplies without copying. */

/** The sizes that a cache depends on. */
export interface CacheLayout {
  readonly layerCount: number;
  readonly keyHeadCount: number;
  readonly headSize: number;
}

/** Keys and values of new tokens as a run returns them: per layer [B, T, keyHeadCount · headSize]. */
export interface NewKeyValues {
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** T, padding included. */
  readonly width: number;
}

/**
 * A cache of `rows` sequences of up to `capacity` positions: per layer keys and values, each [rows, heads, capacity,
 * headSize]. Positions never written hold zeros or what an earlier sequence left there; both are
 * finite, and the mask gives them the weight 0.
 */
export class KeyValueCache {
  readonly layout: CacheLayout;
  readonly rows: number;
  #capacity: number;
  #keys: Float32Array[];
  #values: Float32Array[];

  constructor(layout: CacheLayout, rows: number, capacity: number) {
    this.layout = layout;
    this.rows = rows;
    this.#capacity = capacity;
    this.#keys = this.#allocate(capacity);
    this.#values = this.#allocate(capacity);
  }

  /** Positions that each row can hold. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Bytes of one position of one row. */
  static bytesPerPosition(layout: CacheLayout): number {
    return layout.layerCount * layout.keyHeadCount * layout.headSize * 2 * 4;
  }

  /** Views of rows `from` … `to − 1` of a layer, no copies. */
  view(layer: number, from: number, to: number): { key: Float32Array; value: Float32Array } {
    const size = this.#rowSize(this.#capacity);
    return {
      key: this.#keys[layer]!.subarray(from * size, to * size),
      value: this.#values[layer]!.subarray(from * size, to * size),
    };
  }

  /** Writes the first `count` new tokens of row `source` of a run to positions `position` … of `row`. */
  append(row: number, position: number, fresh: NewKeyValues, source: number, count: number): void {
    const width = this.layout.keyHeadCount * this.layout.headSize;
    const start = source * fresh.width * width;
    for (let layer = 0; layer < this.layout.layerCount; layer++) {
      this.#append(this.#keys[layer]!, fresh.keys[layer]!, { row, position, start, count });
      this.#append(this.#values[layer]!, fresh.values[layer]!, { row, position, start, count });
    }
  }

  /** Copies the first `length` positions of a row of another cache (or of this one) to `row`. */
  copyRow(row: number, from: KeyValueCache, fromRow: number, length: number): void {
    for (let layer = 0; layer < this.layout.layerCount; layer++) {
      copyPositions(this.#keys[layer]!, this, row, from.#keys[layer]!, from, fromRow, length);
      copyPositions(this.#values[layer]!, this, row, from.#values[layer]!, from, fromRow, length);
    }
  }

  /** Makes the capacity `needed`, or leaves it where it is enough and at most a third more; keeps as `resize`. */
  fit(needed: number, lengths: readonly number[]): void {
    if (needed <= this.#capacity && needed * 4 > this.#capacity * 3) return;
    this.resize(needed, lengths);
  }

  /** Changes the capacity, keeping the first `lengths[row]` positions of each row. */
  resize(capacity: number, lengths: readonly number[]): void {
    if (capacity === this.#capacity) return;
    const old = { capacity: this.#capacity, layout: this.layout };
    const target = { capacity, layout: this.layout };
    const [keys, values] = [this.#allocate(capacity), this.#allocate(capacity)];
    for (let layer = 0; layer < this.layout.layerCount; layer++) {
      for (const [row, length] of lengths.entries()) {
        copyPositions(keys[layer]!, target, row, this.#keys[layer]!, old, row, length);
        copyPositions(values[layer]!, target, row, this.#values[layer]!, old, row, length);
      }
    }
    this.#keys = keys;
    this.#values = values;
    this.#capacity = capacity;
  }

  #allocate(capacity: number): Float32Array[] {
    const size = this.rows * this.#rowSize(capacity);
    return Array.from({ length: this.layout.layerCount }, () => new Float32Array(size));
  }

  #rowSize(capacity: number): number {
    return this.layout.keyHeadCount * this.layout.headSize * capacity;
  }

  #append(target: Float32Array, fresh: Float32Array, { row, position, start, count }: Appended): void {
    const { keyHeadCount, headSize } = this.layout;
    let from = start;
    for (let token = 0; token < count; token++) {
      for (let head = 0; head < keyHeadCount; head++) {
        const to = ((row * keyHeadCount + head) * this.#capacity + position + token) * headSize;
        for (let channel = 0; channel < headSize; channel++) target[to + channel] = fresh[from + channel]!;
        from += headSize;
      }
    }
  }
}

/** Where new tokens go, and where they start in the result of a run. */
interface Appended {
  readonly row: number;
  readonly position: number;
  readonly start: number;
  readonly count: number;
}

interface Sized {
  readonly capacity: number;
  readonly layout: CacheLayout;
}

function copyPositions(
  target: Float32Array,
  to: Sized,
  row: number,
  source: Float32Array,
  from: Sized,
  fromRow: number,
  length: number,
): void {
  const { keyHeadCount, headSize } = to.layout;
  for (let head = 0; head < keyHeadCount; head++) {
    const start = (fromRow * keyHeadCount + head) * from.capacity * headSize;
    const end = start + length * headSize;
    target.set(source.subarray(start, end), (row * keyHeadCount + head) * to.capacity * headSize);
  }
}
