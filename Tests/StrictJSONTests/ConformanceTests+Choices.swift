import StrictJSON

extension ConformanceTests {
  /// What RFC 8259 leaves to the parser: the reason of the refusal, nil where the document is accepted, and why so.
  static let choices: [String: (refusal: JSONError.Reason?, why: String)] = [
    "i_number_double_huge_neg_exp.json": (nil, small),
    "i_number_real_underflow.json": (nil, small),
    "i_number_too_big_neg_int.json": (nil, wide),
    "i_number_too_big_pos_int.json": (nil, wide),
    "i_number_very_big_negative_int.json": (nil, wide),
    "i_number_huge_exp.json": (.numberTooLong, "no value needs more than 64 characters"),
    "i_number_neg_int_huge_exp.json": (.numberOutOfRange, infinite),
    "i_number_pos_double_huge_exp.json": (.numberOutOfRange, infinite),
    "i_number_real_neg_overflow.json": (.numberOutOfRange, infinite),
    "i_number_real_pos_overflow.json": (.numberOutOfRange, infinite),
    "i_object_key_lone_2nd_surrogate.json": (.loneSurrogate, surrogate),
    "i_string_1st_surrogate_but_2nd_missing.json": (.loneSurrogate, surrogate),
    "i_string_1st_valid_surrogate_2nd_invalid.json": (.loneSurrogate, surrogate),
    "i_string_incomplete_surrogate_and_escape_valid.json": (.loneSurrogate, surrogate),
    "i_string_incomplete_surrogate_pair.json": (.loneSurrogate, surrogate),
    "i_string_incomplete_surrogates_escape_valid.json": (.loneSurrogate, surrogate),
    "i_string_invalid_lonely_surrogate.json": (.loneSurrogate, surrogate),
    "i_string_invalid_surrogate.json": (.loneSurrogate, surrogate),
    "i_string_inverted_surrogates_U+1D11E.json": (.loneSurrogate, surrogate),
    "i_string_lone_second_surrogate.json": (.loneSurrogate, surrogate),
    "i_string_UTF-8_invalid_sequence.json": (.invalidUTF8, utf8),
    "i_string_UTF8_surrogate_U+D800.json": (.invalidUTF8, utf8),
    "i_string_invalid_utf-8.json": (.invalidUTF8, utf8),
    "i_string_iso_latin_1.json": (.invalidUTF8, utf8),
    "i_string_lone_utf8_continuation_byte.json": (.invalidUTF8, utf8),
    "i_string_not_in_unicode_range.json": (.invalidUTF8, utf8),
    "i_string_overlong_sequence_2_bytes.json": (.invalidUTF8, utf8),
    "i_string_overlong_sequence_6_bytes.json": (.invalidUTF8, utf8),
    "i_string_overlong_sequence_6_bytes_null.json": (.invalidUTF8, utf8),
    "i_string_truncated-utf-8.json": (.invalidUTF8, utf8),
    "i_string_UTF-16LE_with_BOM.json": (.unexpectedByte, utf16),
    "i_string_utf16BE_no_BOM.json": (.unexpectedByte, utf16),
    "i_string_utf16LE_no_BOM.json": (.unexpectedByte, utf16),
    "i_structure_500_nested_arrays.json": (.tooDeep, "no payload of ours is deeper than 16"),
    "i_structure_UTF-8_BOM_empty_object.json": (.byteOrderMark, "RFC 8259 section 8.1 lets a parser refuse it"),
  ]

  private static let small = "a number too near to 0 is the nearest Double, 0"
  private static let wide = "a number as any other, only no integer of ours"
  private static let infinite = "the next reader would have infinity, null or an error"
  private static let surrogate = "is no character: PostgreSQL's jsonb refuses it, others replace it"
  private static let utf8 = "RFC 8259 section 8.1: UTF-8, of which RFC 3629 has one spelling for each character"
  private static let utf16 = "RFC 8259 section 8.1: UTF-8"
}
