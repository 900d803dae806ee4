// XML and HTML in pieces: whoever reads is told of elements and texts as the bytes come in, and nothing is
// kept.
//
// Names come without their namespace prefix. Documents with a DOCTYPE are refused (XML only): no spreadsheet
// has one, and entities could make a small file enormous.
//
// One object is used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace relief::adapters {

// The attributes of one element, valid during the call.
class XmlAttributes {
 public:
  virtual ~XmlAttributes() = default;
  // By the name without prefix. A view is valid during the call.
  virtual std::optional<std::string_view> Find(std::string_view name) const = 0;
  std::string Get(std::string_view name) const { return std::string(Find(name).value_or("")); }
};

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void Start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void End(std::string_view name) = 0;
  virtual void Text(std::string_view text) = 0;
};

class XmlStream {
 public:
  enum class Kind { kXml, kHtml };  // HTML: UTF-8, whatever the document says of itself, and forgiving
  // `handler` must outlive the stream.
  XmlStream(Kind kind, XmlHandler& handler);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  // DATA_LOSS if the XML is not well-formed.
  absl::Status Feed(std::string_view bytes);
  absl::Status Finish();
  // No more calls of the handler; what is fed later is passed over.
  void Stop();
  bool stopped() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace relief::adapters
