import { IPage, Pages } from '../pages';

interface IItem {
  id: string;
  version?: number;
}

/** A server with a list; keys are ids, as a server's are positions behind an item. */
class FakeList {
  constructor(count: number) {
    this.items = Array.from({ length: count }, (_, n) => ({ id: `i${n}` }));
  }

  items: IItem[];
  asked: { key: string | null; limit: number }[] = [];
  /** Resolves each answer when it is let go. */
  held: (() => void)[] | null = null;

  fetch = async (
    key: string | null,
    limit: number,
    signal: AbortSignal
  ): Promise<IPage<IItem>> => {
    this.asked.push({ key, limit });
    if (this.held) {
      await new Promise<void>(resolve => this.held!.push(resolve));
    }
    if (signal.aborted) {
      throw new Error('aborted');
    }
    const at = key === null ? 0 : this.at(key) + 1;
    const items = this.items.slice(at, at + limit);
    const isLast = at + limit >= this.items.length;
    return {
      items,
      next_key: isLast ? null : items.at(-1)!.id,
      ...(key === null ? { total: this.items.length } : {})
    };
  };

  at(id: string): number {
    return this.items.findIndex(item => item.id === id);
  }
}

async function loaded(count: number, to = count) {
  const list = new FakeList(count);
  const pages = new Pages<IItem>(list.fetch, item => item.id);
  await pages.refresh();
  await pages.loadTo(to - 1, () => undefined);
  return { list, pages, ids: () => pages.items.map(item => item.id) };
}

const idsOf = (items: readonly IItem[]) => items.map(item => item.id);

describe('Pages', () => {
  it('loads the first page, knows how many there are, and loads to a position', async () => {
    const { list, pages, ids } = await loaded(10_000, 100);
    expect(pages.items.length).toBe(100);
    expect(pages.total).toBe(10_000);
    const progress = jest.fn();
    list.asked = [];
    await pages.loadTo(9_999, progress);
    expect(ids()).toEqual(idsOf(list.items));
    expect(pages.hasMore).toBe(false);
    expect(list.asked.length).toBe(20);
    expect(progress).toHaveBeenCalledTimes(20);
  });

  it('loads once what several ask for', async () => {
    const { list, pages } = await loaded(1000, 100);
    list.asked = [];
    await Promise.all([1, 2, 3].map(() => pages.loadTo(150, () => undefined)));
    expect(list.asked.length).toBe(1);
  });

  it('puts what is new before what was there, and keeps what was loaded', async () => {
    const { list, pages, ids } = await loaded(1000, 600);
    const before = pages.items.length;
    list.items.unshift({ id: 'new' });
    await pages.refresh();
    expect(ids()).toEqual(idsOf(list.items).slice(0, before + 1));
    expect(pages.total).toBe(1001);
  });

  it('keeps nothing twice when an item moves to the front', async () => {
    const { list, pages, ids } = await loaded(300);
    const [moved] = list.items.splice(250, 1);
    list.items.unshift(moved);
    await pages.refresh();
    expect(ids()).toEqual(idsOf(list.items));
  });

  it('drops what is gone from what it looks at again', async () => {
    const { list, pages, ids } = await loaded(300);
    list.items.splice(10, 20);
    await pages.refresh();
    expect(ids()).toEqual(idsOf(list.items));
  });

  it('begins anew when more came than a page holds', async () => {
    const { list, pages, ids } = await loaded(300);
    list.items.unshift(
      ...Array.from({ length: 600 }, (_, n) => ({ id: `n${n}` }))
    );
    await pages.refresh();
    expect(ids()).toEqual(idsOf(list.items).slice(0, ids().length));
    await pages.loadTo(10_000, () => undefined);
    expect(ids()).toEqual(idsOf(list.items));
  });

  it('looks again at the pages in sight, not at all', async () => {
    const { list, pages } = await loaded(1000, 100);
    for (let to = 150; to < 1000; to += 100) {
      await pages.loadTo(to, () => undefined);
    }
    list.items = list.items.map(item => ({ ...item, version: 2 }));
    list.asked = [];
    await pages.refresh(520, 540);
    expect(list.asked.length).toBe(2);
    expect(pages.items[0].version).toBe(2);
    expect(pages.items[530].version).toBe(2);
    expect(pages.items[950].version).toBeUndefined();
  });

  it('stays the same list through many changes, in few and whole pages', async () => {
    const { list, pages, ids } = await loaded(500);
    for (let n = 0; n < 150; n++) {
      list.items.unshift({ id: `n${n}` });
      await pages.refresh();
    }
    expect(ids()).toEqual(idsOf(list.items));
    list.asked = [];
    await pages.refresh(0, 1000);
    expect(list.asked.length).toBeLessThan(8);
    expect(ids()).toEqual(idsOf(list.items));
  });

  it('keeps the old answer until there is a new one, and takes none to an old question', async () => {
    const { list, pages, ids } = await loaded(50);
    list.held = [];
    const turn = () => new Promise(resolve => setTimeout(resolve));
    const old = pages.refresh();
    await turn();
    pages.restart(true);
    list.items = [{ id: 'other' }];
    expect(ids().length).toBe(50);
    expect(pages.isFresh).toBe(false);
    const fresh = pages.refresh();
    for (let n = 0; n < 2; n++) {
      list.held.splice(0).forEach(go => go());
      await turn();
    }
    await Promise.all([old, fresh]);
    expect(ids()).toEqual(['other']);
    expect(pages.isFresh).toBe(true);
  });

  it('takes out and replaces', async () => {
    const { pages, ids } = await loaded(3);
    pages.remove(new Set(['i1']));
    pages.replace({ id: 'i2', version: 5 });
    expect(ids()).toEqual(['i0', 'i2']);
    expect(pages.items[1].version).toBe(5);
    expect(pages.total).toBe(2);
  });

  it('goes on behind an item that was taken out meanwhile', async () => {
    const { list, pages, ids } = await loaded(300, 100);
    list.items.splice(99, 1);
    list.held = [];
    const more = pages.loadTo(150, () => undefined);
    await new Promise(resolve => setTimeout(resolve));
    pages.remove(new Set(['i99']));
    list.at = () => 98;
    list.held.forEach(go => go());
    await more;
    expect(ids()).toEqual(idsOf(list.items).slice(0, ids().length));
  });
});
