#include "adapters/tabular/xml_stream.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace relief::adapters {
namespace {

constexpr size_t kPiece = 16 * 1024;

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// libxml2 gives name, prefix, namespace, begin and end of the value for each.
class NamespacedAttributes : public XmlAttributes {
 public:
  NamespacedAttributes(const xmlChar** all, int count) : all_(all), count_(count) {}
  std::optional<std::string_view> Find(std::string_view name) const override {
    for (int i = 0; i < count_; ++i) {
      const xmlChar** one = all_ + static_cast<ptrdiff_t>(5) * i;
      if (View(one[0]) == name)
        return std::string_view(reinterpret_cast<const char*>(one[3]), one[4] - one[3]);
    }
    return std::nullopt;
  }

 private:
  const xmlChar** all_;
  int count_;
};

class PlainAttributes : public XmlAttributes {
 public:
  explicit PlainAttributes(const xmlChar** all) : all_(all) {}
  std::optional<std::string_view> Find(std::string_view name) const override {
    for (const xmlChar** one = all_; one != nullptr && *one != nullptr; one += 2)
      if (View(one[0]) == name) return View(one[1]);
    return std::nullopt;
  }

 private:
  const xmlChar** all_;
};

}  // namespace

struct XmlStream::State {
  Kind kind;
  XmlHandler* handler;
  xmlParserCtxtPtr context = nullptr;
  bool stopped = false, doctype = false;

  static State& Of(void* context) {
    return *static_cast<State*>(static_cast<xmlParserCtxtPtr>(context)->_private);
  }
  static void StartNs(void* context, const xmlChar* name, const xmlChar*, const xmlChar*, int,
                      const xmlChar**, int count, int, const xmlChar** attributes) {
    State& state = Of(context);
    if (!state.stopped) state.handler->Start(View(name), NamespacedAttributes(attributes, count));
  }
  static void EndNs(void* context, const xmlChar* name, const xmlChar*, const xmlChar*) {
    State& state = Of(context);
    if (!state.stopped) state.handler->End(View(name));
  }
  static void Start(void* context, const xmlChar* name, const xmlChar** attributes) {
    State& state = Of(context);
    if (!state.stopped) state.handler->Start(View(name), PlainAttributes(attributes));
  }
  static void End(void* context, const xmlChar* name) {
    State& state = Of(context);
    if (!state.stopped) state.handler->End(View(name));
  }
  static void Characters(void* context, const xmlChar* text, int size) {
    State& state = Of(context);
    if (!state.stopped)
      state.handler->Text(std::string_view(reinterpret_cast<const char*>(text), static_cast<size_t>(size)));
  }
  static void Doctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    State& state = Of(context);
    if (state.kind == Kind::kHtml) return;
    state.doctype = state.stopped = true;
    xmlStopParser(static_cast<xmlParserCtxtPtr>(context));
  }
  static void Silent(void*, const char*, ...) {}
};

XmlStream::XmlStream(Kind kind, XmlHandler& handler) : state_(std::make_unique<State>()) {
  static std::once_flag once;
  std::call_once(once, [] { xmlInitParser(); });
  state_->kind = kind;
  state_->handler = &handler;
  xmlSAXHandler sax;
  std::memset(&sax, 0, sizeof sax);
  sax.characters = sax.cdataBlock = &State::Characters;
  sax.ignorableWhitespace = &State::Characters;
  sax.internalSubset = &State::Doctype;
  sax.error = sax.warning = sax.fatalError = &State::Silent;
  if (kind == Kind::kXml) {
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = &State::StartNs;
    sax.endElementNs = &State::EndNs;
    state_->context = xmlCreatePushParserCtxt(&sax, nullptr, nullptr, 0, nullptr);
    if (state_->context != nullptr)
      xmlCtxtUseOptions(state_->context,
                        XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  } else {
    sax.startElement = &State::Start;
    sax.endElement = &State::End;
    state_->context = htmlCreatePushParserCtxt(&sax, nullptr, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8);
    if (state_->context != nullptr)
      htmlCtxtUseOptions(state_->context, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                              HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
  }
  if (state_->context != nullptr) state_->context->_private = state_.get();
}

XmlStream::~XmlStream() {
  if (state_->context == nullptr) return;
  if (state_->context->myDoc != nullptr) xmlFreeDoc(state_->context->myDoc);
  state_->context->myDoc = nullptr;
  if (state_->kind == Kind::kHtml) {
    htmlFreeParserCtxt(state_->context);
  } else {
    xmlFreeParserCtxt(state_->context);
  }
}

absl::Status XmlStream::Feed(std::string_view bytes) {
  if (state_->context == nullptr) return absl::ResourceExhaustedError("no memory for reading XML");
  while (!bytes.empty() && !state_->stopped) {
    const size_t size = std::min(bytes.size(), kPiece);
    if (state_->kind == Kind::kHtml) {
      htmlParseChunk(state_->context, bytes.data(), static_cast<int>(size), 0);
    } else if (xmlParseChunk(state_->context, bytes.data(), static_cast<int>(size), 0) != 0 &&
               !state_->stopped && state_->context->wellFormed == 0) {
      return absl::DataLossError("the XML in the file is damaged");
    }
    bytes.remove_prefix(size);
  }
  if (state_->doctype) return absl::DataLossError("the XML in the file has a DOCTYPE, which no workbook has");
  return absl::OkStatus();
}

absl::Status XmlStream::Finish() {
  if (state_->context == nullptr || state_->stopped) return absl::OkStatus();
  if (state_->kind == Kind::kHtml) {
    htmlParseChunk(state_->context, "", 0, 1);
    return absl::OkStatus();
  }
  if (xmlParseChunk(state_->context, "", 0, 1) != 0 && state_->context->wellFormed == 0)
    return absl::DataLossError("the XML in the file is damaged or ends too early");
  return absl::OkStatus();
}

void XmlStream::Stop() { state_->stopped = true; }
bool XmlStream::stopped() const { return state_->stopped; }

}  // namespace relief::adapters
