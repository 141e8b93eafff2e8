// The Courier carries what device::Sync asks for over the browser's line, and reads summaries for
// the bureaus. It is the only part of the page that talks to the server.
#pragma once

#include "client/platform/net.hpp"
#include "shared/device/sync.hpp"

#include <functional>
#include <optional>
#include <string>

class Courier {
public:
    // The desk must outlive the courier. `changed` is called after every answer, so that the page
    // can save what it changed.
    Courier(device::Desk& desk, std::function<void()> changed);

    // --- Enrolling (first start) -----------------------------------------------------------------
    void enrol(std::string_view code, std::string_view device_name);
    bool enrolling() const { return m_enrolling; }
    const std::optional<base::Fault>& enrolment_fault() const { return m_enrolment_fault; }

    // --- The one button --------------------------------------------------------------------------
    void start(); // Does nothing while one is running.
    // Called at the end of each sync, after last_report() has changed.
    void on_report(std::function<void(const device::Report&)> ended) { m_ended = std::move(ended); }
    bool running() const { return m_sync.has_value(); }
    const device::Progress&              progress() const { return m_progress; }
    const std::optional<device::Report>& last_report() const { return m_report; }
    // Whether the last try reached the server; nothing before the first.
    std::optional<bool> reached() const { return m_reached; }

    // --- Reading ---------------------------------------------------------------------------------
    // Fetches a summary ("by-city?period=…&format=json") and hands over its body or a fault; opens
    // a session first when there is none.
    void read(std::string path, std::function<void(base::Result<std::string>)> done);
    // Posts a JSON body likewise.
    void ask(std::string path, std::string body,
             std::function<void(base::Result<std::string>)> done);

    // --- The disk --------------------------------------------------------------------------------
    // Call it when platform::disk::saving() has changed: what was held back until it is durable goes
    // out, or is given up with the disk's fault.
    void disk_changed();

private:
    using Held = std::function<void(base::Status)>;
    // Calls it once everything committed so far is durable, or cannot be saved.
    void when_saved(Held held);
    void carry();
    void carry_enrolment(const device::Request& request);
    void read_with_session(device::Request asked, bool renewed,
                           std::function<void(base::Result<std::string>)> done);
    void open_session(std::function<void(base::Status)> done);

    device::Desk&                 m_desk;
    std::function<void()>         m_changed;
    std::function<void(const device::Report&)> m_ended;
    Held                          m_held; // One at most: enrolment and sync follow each other.
    bool                          m_enrolling = false;
    std::optional<base::Fault>    m_enrolment_fault;
    std::optional<device::Sync>   m_sync;
    device::Progress              m_progress;
    std::optional<device::Report> m_report;
    std::optional<bool>           m_reached;
};
