// The smallest matcher worth comparing with: a ladder of price levels, orders in a pool with first-in-first-out links,
// a bitmap to find the best price. No accounts, no rules, no journal. Reads a stream of six 64-bit integers a message
// (see flow.py), the lowest price of the ladder and how many messages come before the clock, and prints seconds of processor time, trades, lots, turnover in ticks, withdrawals that found an order.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

struct Order { int32_t id, market, lots, level, side, next, prev, unused; };
struct Level { int32_t head, tail; int64_t lots; };

constexpr int MARKETS = 20, LEVELS = 4096, WORDS = LEVELS / 64;
static Level levels[MARKETS][2][LEVELS];
static uint64_t words[MARKETS][2][WORDS], summary[MARKETS][2];
static std::vector<Order> pool;
static std::vector<int32_t> slot_of;
static int32_t free_slot = 0, used = 0;
static int64_t trades = 0, traded = 0, turnover = 0, hits = 0, base_price = 0;

static inline int best(int m, int side) {
    if (!summary[m][side]) return -1;
    if (side == 0) {
        int w = 63 - __builtin_clzll(summary[m][0]);
        return w * 64 + 63 - __builtin_clzll(words[m][0][w]);
    }
    int w = __builtin_ctzll(summary[m][1]);
    return w * 64 + __builtin_ctzll(words[m][1][w]);
}

static inline void link(int32_t s) {
    Order &o = pool[s];
    Level &l = levels[o.market][o.side][o.level];
    o.next = 0;
    o.prev = l.tail;
    if (l.tail) pool[l.tail].next = s;
    else {
        l.head = s;
        words[o.market][o.side][o.level >> 6] |= 1ull << (o.level & 63);
        summary[o.market][o.side] |= 1ull << (o.level >> 6);
    }
    l.tail = s;
    l.lots += o.lots;
}

static inline void take_out(int32_t s) {
    Order &o = pool[s];
    Level &l = levels[o.market][o.side][o.level];
    l.lots -= o.lots;
    if (o.prev) pool[o.prev].next = o.next; else l.head = o.next;
    if (o.next) pool[o.next].prev = o.prev; else l.tail = o.prev;
    if (!l.head) {
        words[o.market][o.side][o.level >> 6] &= ~(1ull << (o.level & 63));
        if (!words[o.market][o.side][o.level >> 6]) summary[o.market][o.side] &= ~(1ull << (o.level >> 6));
    }
    slot_of[o.id] = 0;
    o.next = free_slot;
    free_slot = s;
}

static inline void submit(int32_t id, int m, int side, int level, int32_t lots, bool market) {
    int other = 1 - side;
    while (lots > 0) {
        int b = best(m, other);
        if (b < 0 || (!market && (side == 0 ? b > level : b < level))) break;
        int32_t s = levels[m][other][b].head;
        Order &maker = pool[s];
        int32_t n = lots < maker.lots ? lots : maker.lots;
        trades++;
        traded += n;
        turnover += n * (base_price + b);
        lots -= n;
        if (n == maker.lots) take_out(s);
        else {
            maker.lots -= n;
            levels[m][other][b].lots -= n;
        }
    }
    if (lots == 0 || market) return;
    int32_t s = free_slot;
    if (s) free_slot = pool[s].next; else s = ++used;
    pool[s] = Order{id, m, lots, level, side, 0, 0, 0};
    slot_of[id] = s;
    link(s);
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    base_price = atoll(argv[2]);
    FILE *f = fopen(argv[1], "rb");
    if (!f) return 2;
    fseek(f, 0, SEEK_END);
    size_t count = ftell(f) / 48;
    rewind(f);
    std::vector<int64_t> rows(count * 6);
    if (fread(rows.data(), 48, count, f) != count) return 2;
    fclose(f);
    pool.assign(count + 2, Order{1, 1, 1, 1, 1, 1, 1, 1});
    slot_of.assign(count + 1, 1);
    pool.assign(count + 2, Order{});
    slot_of.assign(count + 1, 0);
    size_t skip = argc > 3 ? atoll(argv[3]) : 0;
    clock_t start = clock();
    for (size_t i = 0; i < count; i++) {
        if (i == skip) start = clock();
        const int64_t *r = &rows[i * 6];
        if (r[0] == 2) {
            if (slot_of[r[5]]) { take_out(slot_of[r[5]]); hits++; }
        } else submit((int32_t)i, (int)r[1], (int)r[2] - 1, (int)(r[3] - base_price), (int32_t)r[4], r[0] == 1);
    }
    double seconds = double(clock() - start) / CLOCKS_PER_SEC;
    printf("{\"seconds\": %.6f, \"trades\": %lld, \"lots\": %lld, \"turnover\": %lld, \"hits\": %lld, \"messages\": %zu}\n",
           seconds, (long long)trades, (long long)traded, (long long)turnover, (long long)hits, count);
}
