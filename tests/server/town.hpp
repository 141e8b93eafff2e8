// A small town to try the server with: a data folder of its own with the notice, two bureaus, four
// schools and two certificates, in rehearsal, gone with the test. Lines are made by hand from JSON,
// so that they can be wrong in every way.
#pragma once

#include "server/intake/intake.hpp"

#include <string>
#include <vector>

namespace town {

// A folder that is gone with the test.
struct Folder {
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    std::string path;
};

const std::vector<envelope::UnitEntry>&        units();     // Bureaus first.
const std::vector<envelope::CatalogueEntry>&   catalogue(); // "X001" 初级; "X002" 初级, 中级, from 30.
inline const records::Viewer province{base::UnitId("340000"), "province"};

base::Time at(const char* rfc3339);

// A device that speaks for a unit.
struct Device {
    envelope::SecretKey key;
    base::UnitId        unit;
};

class Town {
public:
    // Opens in rehearsal at 2023-03-29T09:00, in the spring round.
    Town();
    intake::Site&   site() { return *m_site; }
    intake::Intake& intake() { return *m_intake; }
    const std::string& data() const { return m_data; }
    // Ends the server and starts it again over the same folder.
    void restart() { close(), reopen(); }
    void close();
    void reopen();
    // The fault with which the storage failed, if it did.
    const std::optional<base::Fault>& storage_fault() const { return m_storage_fault; }

    // A code for the unit, as it is typed; `days` by the real clock, negative: it has expired.
    std::string new_code(const base::UnitId& unit, int days = 30, const char* role = "school");
    base::Result<intake::Enrolled> enrol(const envelope::SecretKey& key, const std::string& code);
    Device new_device(const std::string& unit, const char* role = "school");
    void   revoke(const base::KeyId& kid);

    // Payloads, whole and right, as JSON to be spoiled.
    base::Json declaration(const Device& device, const char* certificate = "X002",
                           const char* level = "初级", std::int64_t headcount = 40);
    base::Json replacement(const base::Json& earlier, std::int64_t headcount);
    base::Json withdrawal(const Device& device, const std::string& target);
    // The members that every envelope has.
    base::Json act(const char* kind, const Device& device);

    protocol::LineAnswer submit(const std::string& line);
    protocol::LineAnswer submit(const Device& device, const base::Json& payload);
    std::int64_t         last_index();

private:
    Folder                          m_folder;
    std::string                     m_data;
    std::optional<base::Fault>      m_storage_fault;
    base::SystemRandom              m_random;
    std::unique_ptr<intake::Site>   m_site;
    std::unique_ptr<intake::Intake> m_intake;
};

// True when everything derived comes out of the facts as it was kept up; the Store is rebuilt.
bool rebuilds_to_the_same(records::Store& store);

std::string sign(const base::Json& payload, const envelope::SecretKey& key);

} // namespace town
