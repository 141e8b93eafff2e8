// Drafts out of a rescue file (platform/disk.hpp, or a store of `shenbao device`): what another
// machine of this unit had not sent is taken over by this one, because that machine was revoked, is
// broken or is given away. The file is a whole desk, but only what was typed is taken: never its
// key, and never over a draft that is here.
//
// What was signed there and not sent comes as a draft to be signed again: the signature is of a key
// that may not speak any more. Its root stays where it is free here, so a page that was printed
// keeps its short code; a copy, and what was once deleted here, has another root: print it again.
#pragma once

#include "shared/device/desk.hpp"

namespace device {

// What becomes of one draft of the file on this desk.
enum class Handover {
    fresh,    // It is not here: it is taken.
    revision, // It is here as it was sent, and was opened for change there: the change is taken.
    here,     // The same stands here already.
    copy,     // Another one stands here and stays; this one is kept beside it, by a name.
    waits,    // The server holds a version of it that this desk has not received: sync first.
};

// "接收", "另存一份": what a list of drafts says of it.
const char* handover_word(Handover handover);

struct RescueDraft {
    base::EnvelopeId root;
    std::string      words; // "附件1 证书申报表　2023年春季　老年照护 · 初级 · 60"
    bool             was_signed = false; // There, and not sent: it wants to be signed again.
    base::Time       updated_at;         // By that machine's clock.
    Handover         handover = Handover::fresh;
};

struct Rescue {
    std::string              unit_name;
    std::string              device; // As its people call it.
    base::Time               updated_at; // Of the draft that was changed last; none: 0.
    std::vector<RescueDraft> drafts;

    int count(Handover handover) const;
};

// What take_rescue() has done, so that undo_rescue() can put it back exactly.
struct RescueUndo {
    std::vector<base::EnvelopeId> made;    // Matters that were not here.
    std::vector<base::EnvelopeId> removed; // Empty ones of this desk that made room.
    std::vector<base::EnvelopeId> revised; // Opened for change.
    std::vector<base::EnvelopeId> copies;  // Ids of DraftCopy.
};

// A second copy of a draft: kept to be read, or to be put in place of the one that is filed.
struct DraftCopy {
    base::EnvelopeId              id;
    base::EnvelopeId              of;   // The matter beside which it is kept.
    std::string                   name; // What it is, of which machine and from when.
    std::vector<Carryover::Value> values; // `now` is empty.
};

} // namespace device
