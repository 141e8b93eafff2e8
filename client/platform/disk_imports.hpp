// The browser's side of disk.cpp and offline.cpp: implemented by disk_imports.js, in the same
// order.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

std::uint32_t disk_page_count();
std::size_t disk_page_size(std::uint32_t page); // 0 when it is missing.
void disk_read_page(std::uint32_t page, void* into);
double disk_loaded(); // Drops the pages; the sequence number of what was stored.
void disk_commit(double sequence, std::uint32_t page_count, const std::uint32_t* numbers,
                 const void* bytes, std::size_t count, std::size_t page_bytes);
// SaveState, saved, pending, saved_at in ms, Persistence, Saving::trying.
void disk_state(double* into);
// Writes the outcome's name, a line end and the detail; the number of bytes written.
std::size_t disk_fault(char* into, std::size_t bytes_max);
void disk_retry();
void disk_download(const void* at, std::size_t bytes, int rehearsal);
void disk_replace(const void* at, std::size_t bytes);
void disk_ask_to_persist();
void disk_refuse(const char* outcome, std::size_t outcome_bytes, const char* sentence,
                 std::size_t sentence_bytes, const char* detail, std::size_t detail_bytes);
int offline_readiness(); // offline::Readiness
int offline_update_waiting();
int offline_use_update();

} // extern "C"
