/* ledger.c - a bank that never loses a cent: transfers between accounts on disk, with a write-ahead record.
 *
 * Shows: how a program keeps its disk consistent when the machine may stop at any instruction. Transfers are made in
 * batches. For each batch the new contents of all pages that it changes are first written to the journal, in one
 * multi-block write, and flushed; only then are the pages written in place, all at the same time. The page writes may
 * be performed in any order; the journal write may be torn, which its checksum shows. At the start, a whole journal
 * is simply written in place again: doing that twice does no harm.
 *
 * Disk: block 0 the bank's head; 1 to 8 the journal; 16 to 39 the pages, 31 accounts each.
 * Always holds, at every moment and after any crash: pages and a valid journal together are the books after a whole
 * number of batches. At the end the program reads all pages back, sums them, and compares every account with what the
 * same transfers come to on paper (in memory). Status 0 if the books balance, 1 if not, 3 without a disk, 4 on a disk
 * error.
 *
 * What is printed, and what is on the disk at the end, do not depend on faults of the disk's connection.
 */
#include <understudy.h>

#ifndef LEDGER_BATCHES
#define LEDGER_BATCHES 36
#endif

enum {
    PAGES = 24,
    PAGE_ACCOUNTS = 31,
    ACCOUNTS = PAGES * PAGE_ACCOUNTS,
    BATCHES = LEDGER_BATCHES,
    BATCH_TRANSFERS = 256,
    BATCH_PAGES = 7, /* that a batch may change: the journal is its head and these */
    JOURNAL_BLOCKS = 1 + BATCH_PAGES,
    HEAD_BLOCK = 0,
    JOURNAL_BLOCK = 1,
    PAGES_BLOCK = 16,
    FORMAT_BLOCKS = 8, /* blocks in one command when all pages are read or written */
    START_BALANCE = 1000,
    REPORT_BATCHES = 4,
    STATUS_UNBALANCED = 1,
    STATUS_NO_DISK = 3,
    STATUS_DISK_ERROR = 4,
};

#define HEAD_MAGIC    UINT32_C(0x4C454447) /* "LEDG" */
#define JOURNAL_MAGIC UINT32_C(0x4A524E4C) /* "JRNL" */

struct account {
    uint32_t number;
    uint32_t balance;
    uint32_t transfers; /* in which it took part */
    uint32_t history;   /* hash of them all, in order */
};

/* One block. */
struct page {
    uint32_t page;
    uint32_t batch; /* the last one that changed it; 0 as opened */
    uint32_t reserved;
    uint32_t checksum; /* of all other words */
    struct account accounts[PAGE_ACCOUNTS];
};

struct head {
    uint32_t magic, accounts, batches, start_balance;
    uint32_t filler[124];
};

struct journal {
    uint32_t magic;
    uint32_t batch;
    uint32_t count;    /* pages that follow */
    uint32_t checksum; /* of all other words, filler and pages included */
    uint32_t filler[124];
    struct page pages[BATCH_PAGES];
};

_Static_assert(sizeof(struct page) == DISK_BLOCK_BYTES, "a page is a block");
_Static_assert(sizeof(struct head) == DISK_BLOCK_BYTES, "the head is a block");
_Static_assert(sizeof(struct journal) == JOURNAL_BLOCKS * DISK_BLOCK_BYTES, "the journal is one write");

static struct page books[PAGES]; /* as on disk */
static struct page paper[PAGES]; /* the same transfers, in memory only */
static struct head head;
static struct journal journal;

/* Hash of COUNT words. */
static uint32_t checksum(const uint32_t *words, uint32_t count)
{
    uint32_t sum = 1;
    for (uint32_t i = 0; i < count; i++)
        sum = ((sum << 5) | (sum >> 27)) + (words[i] ^ i);
    return sum;
}

static uint32_t page_checksum(struct page *page)
{
    uint32_t stored = page->checksum;
    page->checksum = 0;
    uint32_t sum = checksum((const uint32_t *)page, sizeof *page / 4);
    page->checksum = stored;
    return sum;
}

static uint32_t journal_checksum(void)
{
    uint32_t stored = journal.checksum;
    journal.checksum = 0;
    uint32_t sum = checksum((const uint32_t *)&journal, sizeof journal / 4);
    journal.checksum = stored;
    return sum;
}

/* The disk's errors that the driver could not mend end the program. */
static void must(enum disk_result result)
{
    if (result == DISK_OK)
        return;
    printf("ledger: disk error %d\n", result);
    power_off(STATUS_DISK_ERROR);
}

/* The next of a fixed sequence of numbers that look random. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* The pages that batch BATCH changes: COUNT different ones, a function of its number. */
static uint32_t choose_pages(uint32_t batch, uint32_t *state, uint32_t chosen[BATCH_PAGES])
{
    *state = batch * UINT32_C(2654435761) + 1;
    for (int i = 0; i < 4; i++)
        next_random(state);
    uint32_t count = 4 + next_random(state) % (BATCH_PAGES - 3);
    uint32_t first = next_random(state) % PAGES;
    for (uint32_t i = 0; i < count; i++)
        chosen[i] = (first + i * 5) % PAGES; /* 5 and PAGES have no common factor: all different */
    return count;
}

/* One leg of a transfer, remembered in the account's history byte by byte. */
static void post(struct account *account, uint32_t other, uint32_t amount, uint32_t serial)
{
    uint32_t words[3] = {other, amount, serial};
    const uint8_t *bytes = (const uint8_t *)words;
    uint32_t hash = account->history;
    for (unsigned i = 0; i < sizeof words; i++)
        hash = (hash ^ bytes[i]) * UINT32_C(16777619);
    account->history = hash;
    account->transfers++;
}

/* Make batch BATCH's transfers in PAGES_OF_BOOKS; CHOSEN gets the pages changed. Returns their number. */
static uint32_t make_transfers(struct page *pages_of_books, uint32_t batch, uint32_t chosen[BATCH_PAGES])
{
    uint32_t state;
    uint32_t count = choose_pages(batch, &state, chosen);
    for (uint32_t i = 0; i < BATCH_TRANSFERS; i++) {
        uint32_t random = next_random(&state);
        struct account *from = &pages_of_books[chosen[random % count]].accounts[(random >> 8) % PAGE_ACCOUNTS];
        random = next_random(&state);
        struct account *to = &pages_of_books[chosen[random % count]].accounts[(random >> 8) % PAGE_ACCOUNTS];
        uint32_t amount = (random >> 16) % 500;
        if (from == to || from->balance < amount)
            continue; /* not covered: refused */
        from->balance -= amount;
        to->balance += amount;
        post(from, to->number, amount, batch * BATCH_TRANSFERS + i);
        post(to, from->number, amount, batch * BATCH_TRANSFERS + i);
    }
    for (uint32_t i = 0; i < count; i++)
        pages_of_books[chosen[i]].batch = batch;
    return count;
}

/* The books as they are opened: every account has the same balance. */
static void open_books(struct page *pages_of_books)
{
    memset(pages_of_books, 0, PAGES * sizeof *pages_of_books);
    for (uint32_t p = 0; p < PAGES; p++) {
        pages_of_books[p].page = p;
        for (uint32_t a = 0; a < PAGE_ACCOUNTS; a++)
            pages_of_books[p].accounts[a] = (struct account){.number = p * PAGE_ACCOUNTS + a, .balance = START_BALANCE};
        pages_of_books[p].checksum = page_checksum(&pages_of_books[p]);
    }
}

/* Read or write all pages, in commands of several blocks, all at the same time. */
static void all_pages(bool write)
{
    int slots[PAGES / FORMAT_BLOCKS];
    for (uint32_t i = 0; i < PAGES / FORMAT_BLOCKS; i++) {
        uint32_t block = PAGES_BLOCK + i * FORMAT_BLOCKS;
        struct page *pages = &books[i * FORMAT_BLOCKS];
        slots[i] = write ? disk_start_write(block, FORMAT_BLOCKS, pages) : disk_start_read(block, FORMAT_BLOCKS, pages);
    }
    for (uint32_t i = 0; i < PAGES / FORMAT_BLOCKS; i++)
        must(disk_wait(slots[i]));
}

/* Write the pages in the journal to their places, all at the same time. */
static void write_in_place(void)
{
    int slots[BATCH_PAGES];
    for (uint32_t i = 0; i < journal.count; i++)
        slots[i] = disk_start_write(PAGES_BLOCK + journal.pages[i].page, 1, &journal.pages[i]);
    for (uint32_t i = 0; i < journal.count; i++)
        must(disk_wait(slots[i]));
}

/* A new bank. The head is written last: without it the disk counts as empty. */
static void format(void)
{
    open_books(books);
    memset(&journal, 0, sizeof journal);
    must(disk_write(JOURNAL_BLOCK, JOURNAL_BLOCKS, &journal));
    all_pages(true);
    must(disk_flush());
    head = (struct head){HEAD_MAGIC, ACCOUNTS, BATCHES, START_BALANCE, {0}};
    must(disk_write(HEAD_BLOCK, 1, &head));
    must(disk_flush());
    printf("ledger: opened %d accounts with %d each\n", ACCOUNTS, START_BALANCE);
}

static bool journal_valid(void)
{
    if (journal.magic != JOURNAL_MAGIC || journal.count > BATCH_PAGES || journal.checksum != journal_checksum())
        return false;
    for (uint32_t i = 0; i < journal.count; i++) {
        if (journal.pages[i].page >= PAGES)
            return false;
    }
    return true;
}

/* Bring pages and journal together; returns the last batch that was made. */
static uint32_t recover(void)
{
    uint32_t last = 0;
    must(disk_read(JOURNAL_BLOCK, JOURNAL_BLOCKS, &journal));
    if (journal_valid()) {
        write_in_place();
        must(disk_flush());
    }
    all_pages(false);
    for (uint32_t p = 0; p < PAGES; p++) {
        if (books[p].page != p || books[p].checksum != page_checksum(&books[p])) {
            printf("ledger: page %u is damaged\n", p);
            power_off(STATUS_UNBALANCED);
        }
        if (books[p].batch > last)
            last = books[p].batch;
    }
    printf("ledger: found %d accounts, %u batches made\n", ACCOUNTS, last);
    return last;
}

/* One batch: change the books in memory, write the journal, flush, write the pages in place, flush. */
static void make_batch(uint32_t batch)
{
    uint32_t chosen[BATCH_PAGES];
    uint32_t count = make_transfers(books, batch, chosen);
    memset(&journal, 0, sizeof journal);
    journal.magic = JOURNAL_MAGIC;
    journal.batch = batch;
    journal.count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct page *page = &books[chosen[i]];
        page->checksum = page_checksum(page);
        journal.pages[i] = *page;
    }
    journal.checksum = journal_checksum();
    must(disk_write(JOURNAL_BLOCK, JOURNAL_BLOCKS, &journal));
    must(disk_flush());
    write_in_place();
    must(disk_flush());
}

/* Read the books back and compare them with paper. Returns the number of differences. */
static uint32_t audit(void)
{
    uint32_t chosen[BATCH_PAGES];
    uint32_t errors = 0, sum = 0, transfers = 0, history = 0;
    memset(books, 0, sizeof books);
    all_pages(false);
    open_books(paper);
    for (uint32_t batch = 1; batch <= BATCHES; batch++)
        make_transfers(paper, batch, chosen);
    for (uint32_t p = 0; p < PAGES; p++) {
        if (books[p].checksum != page_checksum(&books[p]))
            errors++;
        for (uint32_t a = 0; a < PAGE_ACCOUNTS; a++) {
            const struct account *account = &books[p].accounts[a];
            sum += account->balance;
            transfers += account->transfers;
            history = (history << 3 | history >> 29) ^ account->history;
            if (memcmp(account, &paper[p].accounts[a], sizeof *account) != 0) {
                printf("ledger: account %u has %u, should have %u\n", account->number, account->balance,
                       paper[p].accounts[a].balance);
                errors++;
            }
        }
    }
    if (sum != ACCOUNTS * START_BALANCE)
        errors++;
    printf("ledger: %u transfers, sum %u of %u, history %08x\n", transfers / 2, sum, ACCOUNTS * START_BALANCE, history);
    return errors;
}

int main(void)
{
    uint32_t last = 0;
    if (disk_open() < PAGES_BLOCK + PAGES) {
        printf("ledger: needs a disk of %d blocks\n", PAGES_BLOCK + PAGES);
        return STATUS_NO_DISK;
    }
    must(disk_read(HEAD_BLOCK, 1, &head));
    if (head.magic == HEAD_MAGIC && head.accounts == ACCOUNTS && head.batches == BATCHES)
        last = recover();
    else
        format();
    for (uint32_t batch = last + 1; batch <= BATCHES; batch++) {
        make_batch(batch);
        if (batch % REPORT_BATCHES == 0)
            printf("ledger: batch %u of %d\n", batch, BATCHES);
    }
    uint32_t errors = audit();
    printf("ledger: the books %s\n", errors ? "DO NOT balance" : "balance");
    return errors ? STATUS_UNBALANCED : 0;
}
